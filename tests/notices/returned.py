"""A mail that came back, as Postfix writes it (RFC 3464)."""


def returned_mail(
    message_id: str,
    status: str,
    address: str,
    *,
    action: str = "failed",
    part: str = "text/rfc822-headers",
    recipient: str = "Final-Recipient",
) -> bytes:
    lines = f"""From: MAILER-DAEMON@mail.example.org
To: portaal@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=grens"

--=grens
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--=grens
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

{recipient}: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--=grens
Content-Type: {part}

From: Stichting Thuis <portaal@example.org>
Message-ID: {message_id}
Subject: x

--=grens--
"""
    return lines.encode("utf-8", "replace")

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_ways_to_answer"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="verb",
            field=models.CharField(
                choices=[
                    ("consent:choice:decided", "a choice about photos was passed on"),
                    ("consent:choice:recorded", "a choice was entered for somebody"),
                    ("consent:choice:invalidated", "a choice recorded in error was taken out"),
                    ("consent:invalidation:asked", "a second person was asked to take a choice out"),
                    ("consent:form:printed", "a form on paper was made"),
                    ("consent:task:opened", "something was put on the work list of a school"),
                    ("consent:task:closed", "something on the work list of a school was done"),
                    ("consent:staff:decided", "a staff member chose about own pictures"),
                    ("consent:age:told", "a family was told that the pupil decides"),
                    ("consent:purpose:added", "a purpose was added or changed"),
                    ("consent:language:approved", "a reader approved a language"),
                    ("consent:proof:given", "the proof of a choice was given out"),
                    ("consent:check:kept", "a check of what may be posted was kept"),
                    ("consent:round:started", "a round of questions was started"),
                    ("consent:wording:frozen", "the wording of a question was fixed"),
                    ("schools:import:looked", "a file of the school administration was looked at"),
                    ("schools:import:asked", "a second person was asked about an import"),
                    ("schools:import:stopped", "an import was stopped"),
                    ("schools:import:applied", "a file of the school administration was taken in"),
                    ("schools:import:undone", "an import was undone"),
                    ("schools:import:confirmed", "a second person agreed with an import"),
                    ("schools:authority:set", "what somebody may decide for a child was changed"),
                    ("policies:version:read", "a text was brought in as a new version"),
                    ("policies:version:corrected", "the text of a concept was corrected"),
                    ("policies:decision:recorded", "a decision of the participation council was recorded"),
                    ("policies:version:published", "a version was put in force"),
                    ("policies:summary:changed", "a summary was changed"),
                    ("policies:ladder:set", "a list of measures was fixed"),
                    ("incidents:report:made", "something was reported"),
                    ("incidents:report:logged", "a spoken report was written down"),
                    ("incidents:case:routed", "a report was given to somebody to handle"),
                    ("incidents:case:moved", "a case went to its next state"),
                    ("incidents:case:told", "something was added to a case"),
                    ("incidents:case:handed", "a case was given to somebody else"),
                    ("incidents:reporter:answered", "the reporter was answered"),
                    ("incidents:reporter:wrote", "the reporter wrote something more"),
                    ("incidents:measure:decided", "a measure was decided"),
                    ("incidents:parents:told", "parents were told, or it was tried"),
                    ("incidents:routing:set", "the table of who handles a report was changed"),
                    ("accounts:person:chosen", "somebody said which of two persons they are"),
                    ("ledger:entry:erased", "the personal part of an entry was erased"),
                ],
                max_length=60,
            ),
        ),
    ]

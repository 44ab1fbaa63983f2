from django.urls import URLPattern, path

from .views import admins, chapters, contents, decisions, documents, public, summaries

app_name = "policies"
ROOM = "beheer/protocol/"
VERSION = f"{ROOM}<slug:code>/"
CHAPTER = f"{VERSION}hoofdstuk/<uuid:key>/"
admin_urls = [
    path(ROOM, admins.protocol, name="admins.protocol"),
    path(f"{ROOM}nieuw/", admins.protocol_new, name="admins.protocol_new"),
    path(VERSION, admins.version, name="admins.version"),
    path(f"{VERSION}voorbeeld/", admins.preview, name="admins.preview"),
    path(f"{VERSION}hoofdstuk/", contents.chapter_add, name="admins.chapter_add"),
    path(CHAPTER, chapters.chapter, name="admins.chapter"),
    path(f"{CHAPTER}plaats/", contents.chapter_move, name="admins.chapter_move"),
    path(f"{CHAPTER}weg/", contents.chapter_remove, name="admins.chapter_remove"),
    path(f"{VERSION}besluit/", decisions.council, name="admins.council"),
    path(f"{VERSION}publiceren/", decisions.put_in_force, name="admins.publish"),
    path(f"{VERSION}documenten/", documents.documents, name="admins.documents"),
    path(f"{VERSION}samenvatting/<slug:audience>/", summaries.summary, name="admins.summary"),
    path(f"{VERSION}vervolg/", admins.following, name="admins.next_version"),
]
SCHOOL = "<slug:foundation>/<slug:school>/"
public_urls = [
    path("<slug:foundation>/", public.foundation_page, name="public.foundation"),
    path(SCHOOL, public.school_page, name="public.school"),
    path(f"{SCHOOL}protocol/", public.protocol, name="public.protocol"),
    path(f"{SCHOOL}protocol.pdf", public.protocol_pdf, name="public.protocol_pdf"),
    path(f"{SCHOOL}protocol/<str:number>.pdf", public.protocol_pdf, name="public.version_pdf"),
    path(f"{SCHOOL}protocol/<str:number>/", public.protocol, name="public.version"),
    path(f"{SCHOOL}samenvatting/<slug:audience>.pdf", public.summary_pdf, name="public.summary_pdf"),
]
# Last, because the address of a school may begin with any word that is not the portal's own.
urlpatterns: list[URLPattern] = [*admin_urls, *public_urls]

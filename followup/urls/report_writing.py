"""Writing in the annual report: texts, comments, quotes and steps."""

from django.urls import path

from followup.views import report_writing

YEAR = "arsrapport/<int:year>/"

urlpatterns = [
    path(YEAR + "text/<str:section>/", report_writing.text, name="report_text"),
    path(YEAR + "kommentarer/<str:section>/", report_writing.section_comments, name="report_comments"),
    path(YEAR + "kommentar/<int:pk>/klar/", report_writing.resolve_comment, name="report_comment_resolve"),
    path(YEAR + "kommentar/<int:pk>/oppna/", report_writing.reopen_comment, name="report_comment_reopen"),
    path(YEAR + "citera/", report_writing.quote, name="report_quote"),
    path(YEAR + "citat/<int:pk>/ta-bort/", report_writing.remove_quote, name="report_quote_remove"),
    path(YEAR + "steg/<slug:slug>/", report_writing.step, name="report_step"),
]

"""The addresses of what came of the plans, by what they are about; made to be mailed."""

from followup.urls import (
    catalogue,
    files,
    indicators,
    obstacles,
    outcomes,
    progress,
    report,
    report_feedback,
    report_proposals,
    report_published,
    report_writing,
    summary,
)

app_name = "followup"

urlpatterns = [
    *catalogue.urlpatterns,
    *progress.urlpatterns,
    *obstacles.urlpatterns,
    *outcomes.urlpatterns,
    *files.urlpatterns,
    *indicators.urlpatterns,
    *report.urlpatterns,
    *report_proposals.urlpatterns,
    *report_published.urlpatterns,
    *report_feedback.urlpatterns,
    *report_writing.urlpatterns,
    *summary.urlpatterns,
]

"""Files that people sent as answers to a survey."""

from __future__ import annotations

from django.db import models

from cxm.tenants.fields import TenantForeignKey
from cxm.tenants.models import TenantOwned
from feedback.models.surveys import Response, Survey


class AnswerFile(TenantOwned):
    """One file that somebody sent for a question; *mime* is what its bytes turned out to be.

    The way of whoever sent it is known by the hash of its token. Once the page that it came with
    is kept, *response* is its answer; what never becomes part of one is forgotten. Pictures are
    drawn anew, without what the camera wrote beside them. The bytes are read only to hand them out.
    """

    survey = TenantForeignKey(Survey)
    token_hash = models.CharField(max_length=64)
    question_key = models.CharField(max_length=80)
    response = TenantForeignKey(Response, null=True)
    name = models.CharField(max_length=200)
    mime = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "token_hash"], name="feedback_answerfile_way"),
            models.Index(
                fields=["tenant", "response"],
                condition=models.Q(response__isnull=False),
                name="feedback_answerfile_response",
            ),
        ]

    def __str__(self) -> str:
        return self.name

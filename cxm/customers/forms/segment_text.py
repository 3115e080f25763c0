"""The rule of a segment as text beside the builder, for those who would rather write it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxm.customers.forms.segment_draft import LONGEST_TYPED, Draft, draft_of
from cxm.customers.rules.segment_errors import Fault, SegmentRuleError
from cxm.customers.rules.segment_reading import read_rule
from cxm.customers.rules.segment_rule import rule_json

if TYPE_CHECKING:
    from django.http import QueryDict

USE, SHOW, HIDE = "text", "show-text", "hide-text"
NOT_TAKEN_OVER = (
    "The text was changed and not taken over: press “Use this text”, or change it back."
)


@dataclass(frozen=True, slots=True)
class RuleText:
    """The text as it stands in its field, and as we wrote it last; *fault* says what is wrong.

    *is_shown* says whether the reader asked for it.
    """

    text: str = ""
    was: str = ""
    fault: str = ""
    is_shown: bool = False

    @property
    def is_edited(self) -> bool:
        """Whether somebody has changed it since."""
        return self.text.strip() != self.was.strip()


def text_of(draft: Draft, before: RuleText) -> RuleText:
    """Write what the builder shows, complete or not; what somebody is writing stays as it is."""
    if before.is_edited or not before.is_shown:
        return before
    text = json.dumps(draft.said()[0], ensure_ascii=False, indent=2)
    return RuleText(text, text, is_shown=True)


def read_text(posted: QueryDict, *, do: str) -> RuleText:
    """Read the text that the builder sent; the deed *do* may ask for it, or put it away."""
    if do == HIDE or not (do == SHOW or "text" in posted):
        return RuleText()
    typed, was = (_plain(posted.get(name, "")) for name in ("text", "text_was"))
    return RuleText(typed, was, is_shown=True)


def draft_of_text(text: str) -> Draft:
    """Turn a rule written as text into what the builder shows; raises SegmentRuleError."""
    try:
        said: Any = json.loads(text)
    except json.JSONDecodeError as error:
        words = f"Line {error.lineno}, column {error.colno}: this is not JSON. Check the quotes, "
        raise SegmentRuleError([Fault("", f"{words}commas and brackets there.")]) from error
    except (RecursionError, ValueError) as error:
        raise SegmentRuleError([Fault("", "Write a plainer rule.")]) from error
    return draft_of(rule_json(read_rule(said)))


def _plain(typed: str) -> str:
    return typed.replace("\0", "")[:LONGEST_TYPED].replace("\r\n", "\n")

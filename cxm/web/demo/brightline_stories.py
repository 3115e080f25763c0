"""What has happened to Brightline in three years; docs/demo.md tells it in words."""

from __future__ import annotations

from cxm.web.demo.stories import Course, Lift, Mix, Script, Stories, Surge, Talk

# The Saturday of the week that began nine Mondays ago.
_OUTAGE = 8.3
# Pleased with the accessibility desk: 32 of 40, then 17 of 21, then 7 of 13.
_LONG_AGO = (4, 5, 4, 2, 5, 4, 5, 4, 3, 5, 4, 4, 1, 5, 4, 5, 4, 3, 4, 5) * 2
_BEFORE = (5, 4, 4, 5, 2, 4, 5, 5, 4, 3, 4, 5, 4, 5, 1, 4, 4, 5, 3, 5, 4)
_LATELY = (4, 2, 5, 3, 4, 1, 5, 2, 4, 3, 4, 2, 5)

STORIES = Stories(
    lifts=(
        # A new layout of the invoice, repaired after ten weeks, forgiven slowly.
        Lift(Course(((30, 0), (30, -25), (20, -25), (5, 0))), touchpoint="invoice"),
        # Each month a few more visit times to choose from.
        Lift(Course(((78, 0), (3, 19))), touchpoint="time-slot"),
        Lift(
            Course(((_OUTAGE, 0), (_OUTAGE, -33), (7, -33), (7, 0))),
            touchpoint="outage-information",
        ),
        Lift(Course(((_OUTAGE, 0), (_OUTAGE, -9), (7, -9), (7, 0))), touchpoint="call-support"),
        # Nobody gets worse in the pulse: each channel rises a little.
        Lift(Course(((40, 0), (17, 1), (5, 6))), channel="email"),
        Lift(Course(((40, 0), (17, 1), (5, 6))), channel="app"),
        Lift(Course(((40, 0), (17, 2), (5, 8))), channel="sms"),
    ),
    mixes=(
        # Invitations move from e-mail to text message, where answers are the coldest.
        Mix("relationship-pulse", "sms", Course(((25, 0.12), (25, 0.3), (12, 0.3), (12, 0.54)))),
    ),
    surges=(
        Surge("after-contact", Course(((_OUTAGE, 1), (_OUTAGE, 1.9), (7, 1)))),
        Surge("after-support", Course(((_OUTAGE, 1), (_OUTAGE, 2.2), (7, 1)))),
    ),
    talks=(Talk("invoice", 30, 16, "new-invoice"),),
    scripts=(
        # The same desk with the same people all the time: what looks like a fall is chance.
        Script(
            "accessibility",
            (
                *((58 - 0.8 * place, score) for place, score in enumerate(_LONG_AGO)),
                *((24.9 - 0.6 * place, score) for place, score in enumerate(_BEFORE)),
                *((11.9 - 0.9 * place, score) for place, score in enumerate(_LATELY)),
            ),
        ),
    ),
)

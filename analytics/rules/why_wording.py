"""What is said of a change that was split into who answered and what they answered."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cxm.kernel.numbers import written
from cxm.metrics.rules.mix_and_rate import GroupPart, Split
from cxm.metrics.rules.rounding import round_half_away

CHANCE = " (can be chance)"


@dataclass(frozen=True, slots=True)
class Judged:
    """A split with what its tests allow to be said, and what its groups are called.

    *noun* and *nouns* name one group and several ("channel"). *titles* name each group by its
    key. *is_told*, *is_composition_told* and *is_inside_told* say of the change and its two parts
    that they are too large to be put down to chance; *moved* holds the groups whose own value is.
    """

    split: Split
    noun: str
    nouns: str
    titles: dict[object, str]
    decimals: int
    is_told: bool
    is_composition_told: bool
    is_inside_told: bool
    moved: frozenset[object]


def why_sentences(judged: Judged) -> list[str]:
    """Say why a figure changed: the parts first, then what follows from them.

    One part alone parts nothing: who answered cannot be compared, and no cause is told.
    """
    if not judged.split.is_parted:
        return [_undivided_sentence(judged)]
    against = _reversed_sentence(judged) or _against_sentence(judged)
    found = [_parts_sentence(judged), _only_sentence(judged), against]
    return [sentence for sentence in (*found, *_one_sided(judged)) if sentence]


def amount_words(amount: Fraction | float, decimals: int) -> str:
    """Write an amount with its sign: "−2.6", "+1.0", "0.0"."""
    return written(round_half_away(float(amount), decimals), is_signed=True)


def percent_words(share: Fraction) -> str:
    """Write a share from 0 to 1 in whole percents; what is not nothing is not called 0%."""
    rounded = round_half_away(float(100 * share))
    return "under 1%" if share and not rounded else f"{written(rounded)}%"


def _undivided_sentence(judged: Judged) -> str:
    difference = amount_words(judged.split.difference, judged.decimals)
    return (
        f"{difference} in all{'' if judged.is_told else CHANCE}: there is only one of the "
        f"{judged.nouns}, so that parting by them says nothing of why."
    )


def _parts_sentence(judged: Judged) -> str:
    split, decimals = judged.split, judged.decimals
    who = amount_words(split.mix + split.came_or_went, decimals)
    inside = amount_words(split.rate, decimals)
    first = _leading(split)
    cause = _cause(judged, first) if first else _no_cause(judged)
    return (
        f"{amount_words(split.difference, decimals)} in all"
        f"{'' if judged.is_told else CHANCE}: {who} because {cause}"
        f"{'' if judged.is_composition_told or not first else CHANCE}, {inside} inside the "
        f"{judged.nouns}{'' if judged.is_inside_told or not split.rate else CHANCE}."
    )


def _only_sentence(judged: Judged) -> str:
    """Say plainly when the change is of one kind only."""
    split = judged.split
    first = _leading(split)
    if _is_only_who(judged) and first:
        place = "below" if _is_below(first) else "above"
        return (
            f"Nothing got better or worse anywhere, as far as can be told: {_cause(judged, first)} "
            f"({percent_words(first.share_before)} before, {percent_words(first.share_after)} now),"
            f" which is {place} the whole."
        )
    if judged.is_inside_told and not judged.is_composition_told:
        return (
            f"Who answered makes no difference that can be told from chance: what they answered "
            f"changed inside the {judged.nouns}."
        )
    if judged.is_told and not judged.is_inside_told and not judged.is_composition_told:
        return "Neither part can be told from chance alone; together they can."
    return ""


def _is_only_who(judged: Judged) -> bool:
    """Say whether the change is of who answered alone: what is inside is untold, and small."""
    split = judged.split
    is_small = 2 * abs(split.rate) <= abs(split.mix + split.came_or_went)
    is_told = judged.is_told and judged.is_composition_told and not judged.is_inside_told
    return is_told and is_small and not judged.moved


def _reversed_sentence(judged: Judged) -> str:
    split = judged.split
    if not judged.is_told or not split.is_reversed:
        return ""
    whole, each = ("down", "up") if split.difference < 0 else ("up", "down")
    which = "" if all(part.is_in_both for part in split.parts) else " with answers in both periods"
    chance = "" if judged.is_inside_told or judged.moved else CHANCE
    return (
        f"Every {judged.noun}{which} went {each}{chance} and the whole went {whole}: who answered "
        f"outweighs what they answered."
    )


def _against_sentence(judged: Judged) -> str:
    """Say that one part went against the whole, so that the other is all of it and more.

    The part that makes up the whole has to be told from chance, as the whole; where the other is
    not told, it is only said that it gives nothing of the change.
    """
    split = judged.split
    who = split.mix + split.came_or_went
    if not judged.is_told or who * split.rate >= 0:
        return ""
    whole = "fall" if split.difference < 0 else "rise"
    if who * split.difference > 0:
        if not judged.is_composition_told or _is_only_who(judged):
            return ""
        if not judged.is_inside_told:
            return f"All of the {whole} is who answered, as far as can be told."
        inside = "up" if split.rate > 0 else "down"
        return (
            f"All of the {whole}, and more, is who answered: inside the {judged.nouns}, taken "
            f"together, it went {inside}."
        )
    if not judged.is_inside_told or not judged.is_composition_told:
        return ""
    return f"All of the {whole}, and more, is what they answered: who answered eased it."


def _one_sided(judged: Judged) -> list[str]:
    """Name the groups that came and those that went."""
    sides = (
        ([part for part in judged.split.parts if part.value_before is None], "before"),
        ([part for part in judged.split.parts if part.value_after is None], "now"),
    )
    return [
        f"No answers {when}: {_listed([judged.titles[part.group] for part in parts])} "
        f"({amount_words(sum(part.mix for part in parts), judged.decimals)} of the change)."
        for parts, when in sides
        if parts
    ]


def _leading(split: Split) -> GroupPart | None:
    """Give the group whose share does most of what moved shares do; None where none moved."""
    composition = split.mix + split.came_or_went
    sign = 1 if composition > 0 else -1
    moved = [part for part in split.parts if part.mix * sign > 0]
    return max(moved, key=lambda part: abs(part.mix), default=None) if composition else None


def _cause(judged: Judged, part: GroupPart) -> str:
    more = "more" if part.share_after > part.share_before else "fewer"
    return f"{more} of the answers came from {judged.titles[part.group]}"


def _no_cause(judged: Judged) -> str:
    if all(part.share_before == part.share_after for part in judged.split.parts):
        return f"the same {judged.nouns} answered as much"
    return f"it made no difference which {judged.nouns} answered more"


def _is_below(part: GroupPart) -> bool:
    return (part.mix < 0) == (part.share_after > part.share_before)


def _listed(titles: list[str]) -> str:
    most = 3
    if len(titles) <= most:
        return ", ".join(titles)
    return f"{', '.join(titles[:most])} and {len(titles) - most} more"

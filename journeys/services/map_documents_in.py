"""The journey and the map of a file, beside those that are here."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.cxmap.own_keys import own_parts
from cxm.kernel.errors import DomainError
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, Source
from cxm.kernel.operations.state import State
from cxm.kernel.operations.store import read_state
from cxm.tenants.models import Membership
from journeys.models import Journey, JourneyMap
from journeys.rules.change_words import Names, words
from journeys.rules.comparing import changes_between
from journeys.rules.cxmap_plans import Placed, kept_unseen, route
from journeys.rules.cxmap_reading import Known, wanted_map
from journeys.rules.cxmap_shapes import JOURNEY_FIELDS
from journeys.rules.fields import OWN
from journeys.rules.kinds import AHEAD, Level, MapState, MapStatus
from journeys.rules.reviews import SnapshotTrigger
from journeys.rules.shapes import FILE, JOURNEY
from journeys.selectors.journeys import sight_of
from journeys.selectors.map_files import journey_keys_found, twins_in
from journeys.services.comparing import locked_now
from journeys.services.journeys import create_journey
from journeys.services.map_lineages import lineages_called, name_lineages
from journeys.services.map_writing import commit_all
from journeys.services.maps import begin_map, open_draft
from journeys.services.snapshots import keep_snapshot
from journeys.services.stores import JOURNEYS, MAPS
from personas.rules.cxmap_import import Becomes, Choice, Part
from personas.rules.cxmap_plans import Step, steps
from personas.rules.map_access import Sight
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journeys.services.map_library_in import Desk

_IMPORT = "Before an import"


def take_journey(desk: Desk) -> Journey | None:
    """Find or make the journey of the file, and say of it what the file does.

    None where that cannot be: then it was complained of.
    """
    return _JourneyWork(desk).take()


def claim_lineages(desk: Desk, journey: Journey) -> dict[tuple[str, str], UUID]:
    """Find or make what stays of everything on the map that has a key in the file."""
    tree = desk.document.tree
    found = lineages_called(journey, _keys_in(tree))
    told = {key: str(pk) for (kind, key), pk in found.items() if kind == "step"}
    desk.ids["step"] = told
    return found


def take_map(
    desk: Desk, journey: Journey, lineages: Mapping[tuple[str, str], UUID], key: str
) -> tuple[JourneyMap | None, Part]:
    """Make the map of the file, or change the one that it means; give it, and what became of it.

    That is the map it is put on, or the newest of the same state and name that is not retired; of
    one that is published a draft is changed, where anything differs. None where nothing is made.
    """
    return _MapWork(desk, journey, lineages, key).take()


def _keys_in(tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for stage in tree.get("stages", ()):
        yield "stage", stage["key"]
        for step in stage.get("steps", ()):
            yield "step", step["key"]
    for flow in tree.get("flows", ()):
        yield "flow", flow["key"]
    for lane in tree.get("lanes", ()):
        yield "lane", lane["key"]
        for card in lane.get("cards", ()):
            yield "card", card["key"]


class _JourneyWork:
    """One journey on its way in."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.asking = desk, desk.asking
        self.item: dict[str, Any] = desk.document.tree["journey"]

    def take(self) -> Journey | None:
        """Find or make it."""
        asking, key = self.asking, self.item["key"]
        given = asking.onto.journey if asking.onto else asking.journey
        rows = Journey.objects.for_tenant(asking.tenant).select_related("tenant", "owner")
        row = given or rows.filter(key=key).first()
        told = asking.choices.get(f"journey.{key}", Choice.TAKE.value)
        choice = Choice(told) if told in set(Choice) else Choice.TAKE
        part = Part(
            "journey", key, self.item["title"], "journey", choice, Becomes.NEW, target_key=key
        )
        self.desk.parts.append(part)
        if row is None or (choice is Choice.COPY and given is None):
            part.becomes = Becomes.NEW if row is None else Becomes.COPY
            return self._made(part)
        return self._found(part, row)

    def _made(self, part: Part) -> Journey | None:
        asking = self.asking
        if part.choice is Choice.LEAVE:
            words_ = "A map lies in a journey: take the journey, too."
            self.desk.document.complain("journey", words_)
            return None
        made = create_journey(
            tenant=asking.tenant,
            title=self.item["title"],
            by=asking.by,
            now=asking.now,
            level=Level(self.item["level"]),
            source=asking.source,
            key=self.item["key"],
        )
        part.id, part.target_key = str(made.pk), made.key
        self._say(part, made)
        return made

    def _found(self, part: Part, row: Journey) -> Journey | None:
        part.id, part.target_key, part.becomes = str(row.pk), row.key, Becomes.SAME
        self.desk.heads.append(f"journey {row.key} {row.head_seq}")
        reader = self.asking.by if isinstance(self.asking.by, Membership) else None
        is_hidden = sight_of(row, reader, may_edit=True) < Sight.CHANGE
        if self.asking.by is not None and is_hidden:
            words_ = "The journey with this key is not yours to change: take it as a copy."
            self.desk.document.complain("journey", words_)
            part.id = ""
            return None
        if row.archived_at is not None:
            words_ = f"“{row.title}” is archived here: restore it first, or take a copy."
            self.desk.document.complain("journey", words_)
            return None
        if row.key == self.item["key"] and part.choice is Choice.TAKE:
            self._say(part, row)
        elif row.key != self.item["key"]:
            words_ = (
                f"What the file says of its journey is left out: the map goes to “{row.title}”."
            )
            self.desk.document.remark("journey", words_)
        return row

    def _say(self, part: Part, row: Journey) -> None:
        """Set what the file says of the journey."""
        asking = self.asking
        request = Request(asking.tenant, row.pk, actor_of(asking.by), asking.now, asking.source)
        state = read_state(JOURNEYS, request)
        asked = list(self._sets(row.pk, state))
        if part.becomes is Becomes.SAME and asked:
            part.becomes = Becomes.CHANGED
            names = {pk: key for key, pk in self.desk.ids.get("journey", {}).items()}
            part.steps = steps(asked, state, JOURNEY, names)
        if asked:
            self.desk.try_to("journey", JOURNEYS, row.pk, asked)

    def _sets(self, pk: UUID, state: State) -> Iterator[Asked]:
        batch, shape = new_id(), JOURNEY.element("journey")
        told = {name: self.item.get(name) for name in JOURNEY_FIELDS}
        told[OWN] = own_parts(self.item)
        parent = self.item.get("parent")
        known = self.desk.ids.get("journey", {})
        home = state[pk].values["parent"]
        if parent in known:
            told["parent"] = known[parent]
        elif parent is None:
            # Who does not find the home cannot have said that there is none.
            homes = [str(home)] if home else []
            is_seen = bool(journey_keys_found(self.asking.tenant, self.asking.by, homes))
            told["parent"] = None if is_seen else home
        else:
            words_ = f"There is no journey “{parent}” here: left out."
            self.desk.document.remark("journey.parent", words_)
        for name, value in told.items():
            wanted = shape.field(name).default if value is None else value
            if state[pk].values[name] != wanted:
                yield Asked(
                    id=new_id(), batch=batch, op=Deed.SET, lineage=pk, field=name, value=wanted
                )


class _MapWork:
    """One map on its way in."""

    def __init__(
        self,
        desk: Desk,
        journey: Journey,
        lineages: Mapping[tuple[str, str], UUID],
        key: str,
    ) -> None:
        self.desk, self.asking, self.journey = desk, desk.asking, journey
        self.lineages = lineages
        self.head: dict[str, Any] = desk.document.tree["map"]
        told = self.asking.choices.get(f"journey-map.{key}", "")
        choice = Choice(told) if told in set(Choice) else Choice.TAKE
        self.part = Part("journey-map", key, self.head["name"], "map", choice, Becomes.NEW)

    def take(self) -> tuple[JourneyMap | None, Part]:
        """Make or change it."""
        part = self.part
        self.desk.parts.append(part)
        self._check_head()
        found = self.asking.onto or self._meant()
        if found is not None:
            self.desk.heads.append(f"map {found.number} {found.head_seq} {found.status}")
        if part.choice is Choice.LEAVE or self.head["state"] == MapState.PAST:
            self._leave()
            return None, part
        try:
            if found is None or part.choice is Choice.COPY:
                return self._make(), part
            return self._change(found), part
        except DomainError as error:
            self.desk.document.complain("map", str(error))
            return None, part

    def _check_head(self) -> None:
        if self.head.get("horizon") and self.head["state"] not in AHEAD:
            words_ = "Only a future or an ideal map has a horizon."
            self.desk.document.complain("map.horizon", words_)

    def _leave(self) -> None:
        self.part.becomes = Becomes.LEFT_OUT
        if self.head["state"] == MapState.PAST:
            words_ = "A map becomes the past when another takes its place: it is left out."
            self.desk.document.remark("map.state", words_)

    def _meant(self) -> JourneyMap | None:
        rows = JourneyMap.objects.for_tenant(self.asking.tenant).filter(
            journey=self.journey,
            state=self.head["state"],
            name=self.head["name"],
            archived_at__isnull=True,
        )
        rows = rows.exclude(status=MapStatus.RETIRED).select_related("tenant", "journey__tenant")
        return rows.order_by("-number").first()

    def _make(self) -> JourneyMap | None:
        part, asking = self.part, self.asking
        part.becomes = Becomes.COPY if part.choice is Choice.COPY else Becomes.NEW
        wanted = self._wanted(new_id(), State())
        if self.desk.document.faults:
            return None
        map_id, elements = wanted
        baseline = self._baseline()
        made = begin_map(
            journey=self.journey,
            map_id=map_id,
            name=self.head["name"],
            label=self.head.get("label", ""),
            number=asking.number,
            by=asking.by,
            now=asking.now,
            source=asking.source,
            columns={
                "state": self.head["state"],
                "horizon": self._horizon(),
                "baseline": baseline,
                "baseline_seq": baseline.head_seq if baseline else None,
            },
        )
        self._go(made, self._state(made), elements)
        self._told(made)
        return made

    def _change(self, found: JourneyMap) -> JourneyMap | None:
        found, before = locked_now(found, now=self.asking.now)
        wanted = self._wanted(found.pk, before)
        if self.desk.document.faults:
            return None
        if not self._differs(found, before, wanted[1]):
            self.part.becomes = Becomes.SAME
            self._told(found)
            return found
        draft = found
        if found.status == MapStatus.PUBLISHED:
            draft = open_draft(of=found, by=self.asking.by, now=self.asking.now)
            draft, before = locked_now(draft, now=self.asking.now)
            # The draft has an id of its own, and may have been changed before.
            wanted = self._wanted(draft.pk, before)
        return self._changed(draft, before, wanted[1])

    def _changed(self, draft: JourneyMap, before: State, elements: list[Placed]) -> JourneyMap:
        self._told(draft)
        if not self._differs(draft, before, elements):
            self.part.becomes = Becomes.SAME
            return draft
        keep_snapshot(
            of=draft,
            state=before,
            trigger=SnapshotTrigger.BEFORE_IMPORT,
            label=_IMPORT,
            by=self.asking.by,
            now=self.asking.now,
        )
        self._go(draft, before, elements)
        told = changes_between(before, self._state(draft))
        names = Names(before, self._state(draft), self._called())
        self.part.steps = [Step(words(change, names)) for change in told]
        self.part.steps += self._horizon_set(draft)
        self.part.becomes = Becomes.CHANGED
        return draft

    def _differs(self, of: JourneyMap, before: State, elements: list[Placed]) -> bool:
        going = route(before, of.pk, self._head_values(), elements, batch=new_id())
        return bool(going.first or going.last or self._horizon() != of.horizon)

    def _horizon_set(self, of: JourneyMap) -> list[Step]:
        was, horizon = of.horizon, self._horizon()
        if was == horizon:
            return []
        rows = JourneyMap.objects.for_tenant(self.asking.tenant)
        rows.filter(pk=of.pk).update(horizon=horizon)
        return [Step("Horizon", was.isoformat() if was else "", str(horizon or ""))]

    def _go(self, of: JourneyMap, before: State, elements: list[Placed]) -> None:
        """Do what leads to what is wanted, as one batch."""
        going = route(before, of.pk, self._head_values(), elements, batch=new_id())
        for some in (going.first, going.last):
            if some:
                commit_all(MAPS, self._request(of.pk), some)

    def _wanted(self, map_id: UUID, state: State) -> tuple[UUID, list[Placed]]:
        """Read what the map shall hold; what has no lineage yet gets one."""
        first = JourneyMap.objects.for_tenant(self.asking.tenant).filter(pk=map_id).first()
        twins = twins_in(self.journey, first)
        known = Known(self.desk.ids, self.lineages, twins, state)
        found = wanted_map(self.desk.document.tree, map_id, self.desk.document, known)
        if not self.desk.document.faults:
            name_lineages(self.journey, found.keys)
        inside = {str(one.values["journey"]) for one in state.values() if one.kind == "nested"}
        seen = journey_keys_found(self.asking.tenant, self.asking.by, inside) if inside else {}
        return map_id, [*found.elements, *kept_unseen(state, found.elements, seen)]

    def _head_values(self) -> dict[str, Any]:
        own = own_parts(self.head) | own_parts(self.desk.document.tree, FILE)
        return {"name": self.head["name"], "label": self.head.get("label", ""), OWN: own}

    def _horizon(self) -> date | None:
        told = self.head.get("horizon")
        return date.fromisoformat(told) if told else None

    def _baseline(self) -> JourneyMap | None:
        number = self.head.get("baseline")
        if number is None:
            return None
        rows = JourneyMap.objects.for_tenant(self.asking.tenant).filter(journey=self.journey)
        found = rows.filter(number=number).first()
        if found is None:
            words_ = f"There is no map {number} of this journey: the baseline is left out."
            self.desk.document.remark("map.baseline", words_)
        return found

    def _state(self, of: JourneyMap) -> State:
        return read_state(MAPS, self._request(of.pk))

    def _request(self, map_id: UUID) -> Request:
        asking = self.asking
        source = Source.IMPORT if asking.source is Source.UI else asking.source
        return Request(asking.tenant, map_id, actor_of(asking.by), asking.now, source)

    def _told(self, of: JourneyMap) -> None:
        self.part.id, self.part.target_key = str(of.pk), f"{of.number}-{of.state}"

    def _called(self) -> dict[str, str]:
        return {pk: key for told in self.desk.ids.values() for key, pk in told.items()}

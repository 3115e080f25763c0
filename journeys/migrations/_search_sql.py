"""SQL of the search through maps: what is said where, its indexes, and the one function."""

from __future__ import annotations

import re

# What of each table is searched. Only what grows with the maps has an index of its own.
SAID = {
    "card": "public.journeys_said(c.text, c.alt, c.tags)",
    "step": "public.journeys_said(c.title, c.description, c.tags)",
    "stage": "public.customers_folded(c.title)",
    "lane": "public.customers_folded(c.title)",
}
_OF_ROW = re.compile(r"\bc[.]")
_COMMENT = "public.customers_folded(c.body)"
_INDEXED = {
    **{f"journeys_{kind}": said for kind, said in SAID.items()},
    "collaboration_comment": _COMMENT,
}

# Tags are joined by a function that the database calls stable, since it is so for other types.
WORDS = """
CREATE FUNCTION journeys_said(first varchar, second varchar, tags varchar[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT public.customers_folded(
        left(first, 4000) || ' ' || second || ' ' || pg_catalog.array_to_string(tags, ' ')
    )
$$;
"""
WORDS_AWAY = "DROP FUNCTION journeys_said(varchar, varchar, varchar[]);"

INDEXES = "".join(
    f"CREATE INDEX {table}_words ON {table} USING gin "
    f"(tenant_id, ({_OF_ROW.sub('', said)}) gin_trgm_ops) WHERE deleted_at IS NULL;\n"
    for table, said in _INDEXED.items()
)
INDEXES_AWAY = "".join(f"DROP INDEX {table}_words;\n" for table in _INDEXED)


def _found(kind: str, of: str, said: str, which: str, *, about: str = "c.map_id", pk: str) -> str:
    """Find rows that say something like each of the words; the first three find, all judge.

    Of a word that thousands say, the first thousand are judged: to judge each takes seconds.
    """
    return f"""
    RETURN QUERY
    SELECT '{kind}'::text, hit.pk, hit.about, hit.likeness FROM (
        SELECT told.pk, told.about, (
            SELECT avg(word_similarity(word, told.said)) FROM unnest(words) AS word
            HAVING min(word_similarity(word, told.said)) >= least_like
        )::real AS likeness
        FROM (
            SELECT {pk} AS pk, {about} AS about, {said} AS said FROM {of}
            WHERE c.tenant_id = tenant AND {which}
                AND {said} %> words[1]
                AND (words[2] IS NULL OR {said} %> words[2])
                AND (words[3] IS NULL OR {said} %> words[3])
            LIMIT 1000
        ) told
    ) hit
    WHERE hit.likeness IS NOT NULL ORDER BY hit.likeness DESC, hit.pk LIMIT most;
    is_found := is_found OR FOUND;
"""


_ON_MAPS = "c.map_id = ANY (maps) AND c.deleted_at IS NULL"
_TITLED = "public.customers_folded(c.title)"
_NONE = "NULL::uuid"
_LIBRARY = ("insight", "opportunity", "solution", "goal")
_PARTS = (
    _found(
        "journey", "public.journeys_journey c", _TITLED, "c.id = ANY (journeys)",
        about=_NONE, pk="c.id",
    ),
    _found(
        "map", "public.journeys_journeymap c", "public.customers_folded(c.name)",
        "c.id = ANY (maps)", about="c.id", pk="c.id",
    ),
    *(
        _found(kind, f"public.journeys_{kind} c", SAID[kind], _ON_MAPS, pk="c.lineage")
        for kind in ("step", "card", "stage", "lane")
    ),
    _found(
        "comment",
        "public.collaboration_comment c "
        "JOIN public.journeys_mapthread t ON t.tenant_id = tenant AND t.thread_id = c.thread_id",
        _COMMENT, "t.map_id = ANY (maps) AND c.deleted_at IS NULL", about="t.map_id", pk="c.id",
    ),
)  # fmt: skip
_SHARED_BY_ALL = (
    *(
        _found(
            kind, f"public.journeys_{kind} c", _TITLED,
            "c.deleted_at IS NULL AND c.archived_at IS NULL", about=_NONE, pk="c.id",
        )
        for kind in _LIBRARY
    ),
    _found(
        "persona", "public.personas_persona c",
        "public.customers_folded(c.name || ' ' || c.tagline)",
        "c.deleted_at IS NULL AND c.archived_at IS NULL", about=_NONE, pk="c.id",
    ),
)  # fmt: skip

# Words as they are typed come first; where nothing says these, mistyped ones are, the nearer first.
# Below row-level security the operators of trigrams use no index, as they are not leakproof: this
# one function runs as the owner, and takes the tenant from the binding. It finds on the maps and
# among the journeys that it is given alone: who may see which is decided before.
SEARCH = f"""
CREATE FUNCTION search_maps(
    wanted text, journeys uuid[], maps uuid[], has_library boolean, most integer
)
RETURNS TABLE (kind text, pk uuid, about uuid, likeness real)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public
SET plan_cache_mode = force_custom_plan
SET pg_trgm.word_similarity_threshold = 0.6 AS $$
#variable_conflict use_variable
DECLARE
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    least_like real;
    is_found boolean := false;
    words text[] := ARRAY(
        SELECT word FROM unnest(public.customers_said_words(left(wanted, 200))) AS word
        ORDER BY length(word) DESC
    );
BEGIN
    IF cardinality(words) = 0 THEN
        RETURN;
    END IF;
    FOREACH least_like IN ARRAY ARRAY[0.6, 0.45, 0.3] LOOP
        PERFORM set_config('pg_trgm.word_similarity_threshold', least_like::text, true);
{"".join(_PARTS)}
        IF has_library THEN
{"".join(_SHARED_BY_ALL)}
        END IF;
        EXIT WHEN is_found;
    END LOOP;
END
$$;
"""
SEARCH_AWAY = "DROP FUNCTION search_maps(text, uuid[], uuid[], boolean, integer);"

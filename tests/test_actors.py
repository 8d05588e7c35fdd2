"""Which actors the user asks for, and which stand in the content of a statement."""

from __future__ import annotations

import pytest

from stancelib.actors import ActorChoice, actors_in, document_mentions, names_to_find, parse_actors, unseen
from stancelib.errors import InvalidInputError, InvalidTypeError
from stancelib.gazetteer import ActorMention
from stancelib.names import PersonMention
from stancelib.types import Actor, Span

TURKEY = Actor("TUR", "Turkey", "country", "TUR")
USA = Actor("USA", "United States", "country", "USA")


def person(text: str, surface: str, name: str, **fields: object) -> PersonMention:
    start = text.index(surface)
    return PersonMention(Span.of(text, start, start + len(surface)), name, **fields)  # type: ignore[arg-type]


def surfaces(mentions: list[ActorMention]) -> list[tuple[str, str]]:
    return [(m.span.text, m.actor.id) for m in mentions]


def mentions_in(text: str, *persons: PersonMention, choice: ActorChoice | None = None) -> list[ActorMention]:
    choice = choice or parse_actors(None)
    gazetteer = names_to_find(choice)
    return document_mentions(gazetteer.find(text), persons=persons, choice=choice, gazetteer=gazetteer)


def find(text: str, *persons: PersonMention, choice: ActorChoice | None = None) -> list[tuple[str, str]]:
    return surfaces(mentions_in(text, *persons, choice=choice))


def test_nothing_asked_for_means_everybody() -> None:
    assert parse_actors(None).ids is None


def test_a_list_restricts_to_known_actors() -> None:
    choice = parse_actors(["U.S.", "Turkey"])
    assert find("Russia told Turkey and Washington.", choice=choice) == [("Turkey", "TUR"), ("Washington", "USA")]


def test_an_unknown_name_is_searched_literally() -> None:
    choice = parse_actors(["Blue Front"])
    (mention,) = mentions_in("Turkey hit the Blue Front.", choice=choice)
    assert mention.actor == Actor("blue-front", "Blue Front", "organization", None)
    assert mention.span == Span(15, 25, "Blue Front")


def test_a_mapping_adds_aliases_to_known_names() -> None:
    choice = parse_actors({"Turkey": ["the Porte"]})
    assert find("The Porte spoke. Turkey agreed, Russia not.", choice=choice) == [
        ("The Porte", "TUR"),
        ("Turkey", "TUR"),
    ]


def test_an_actor_of_a_mapping_bears_the_name_that_the_user_gives() -> None:
    choice = parse_actors({"SDF": ["the militia"]})
    mentions = mentions_in("The SDF, or the militia, left.", choice=choice)
    assert {m.actor for m in mentions} == {
        Actor("syrian-democratic-forces", "SDF", "organization", "SYR"),
    }
    assert [m.span.text for m in mentions] == ["SDF", "the militia"]


def test_the_users_alias_wins_over_the_gazetteer() -> None:
    choice = parse_actors({"Night Watch": ["Ankara"]})
    assert find("Ankara agreed.", choice=choice) == [("Ankara", "night-watch")]


@pytest.mark.parametrize("actors", ["Turkey", b"Turkey", 7, ["Turkey", 7], {"Turkey": "TR"}, {7: ["x"]}])
def test_the_wrong_type_is_refused(actors: object) -> None:
    with pytest.raises(InvalidTypeError, match="give a"):
        parse_actors(actors)  # type: ignore[arg-type]


@pytest.mark.parametrize("actors", [[], {}, [""], ["  "], ["Turkey", "!"], {"": ["x"]}, {"Turkey": [""]}])
def test_empty_names_are_refused(actors: object) -> None:
    with pytest.raises(InvalidInputError, match="give"):
        parse_actors(actors)  # type: ignore[arg-type]


def test_who_is_not_mentioned_is_named() -> None:
    choice = parse_actors(["Turkey", "Blue Front", "Russia"])
    assert unseen(choice, names_to_find(choice).find("Ankara agreed.")) == (
        "actor 'Blue Front' is not mentioned in the text",
        "actor 'Russia' is not mentioned in the text",
    )


def test_nobody_is_missed_where_nobody_was_asked_for() -> None:
    assert unseen(parse_actors(None), []) == ()


def test_an_unknown_politician_is_an_actor() -> None:
    text = "Foreign Minister Ayla Demirkol spoke."
    minister = person(text, "Ayla Demirkol", "Ayla Demirkol", country="TUR", roles=frozenset({"minister"}))
    (mention,) = mentions_in(text, minister)
    assert mention.actor == Actor("ayla-demirkol", "Ayla Demirkol", "person", "TUR")


def test_a_private_person_is_none() -> None:
    text = "Ayla Demirkol, a baker, spoke."
    baker = person(text, "Ayla Demirkol", "Ayla Demirkol", country="TUR", roles=frozenset({"baker"}))
    assert find(text, baker) == []


def test_a_persons_full_name_decides_who_a_surname_is() -> None:
    text = "Brown agreed."
    assert find(text, person(text, "Brown", "Gordon Brown")) == [("Brown", "gordon-brown")]


def test_a_longer_persons_name_hides_a_leaders_surname() -> None:
    text = "Odile Merkel baked bread for Angela Merkel."
    assert find(text, person(text, "Odile Merkel", "Odile Merkel")) == [("Angela Merkel", "angela-merkel")]


def test_a_longer_persons_name_hides_a_states_name() -> None:
    text = "Kenya Odhiambo smiled at Kenya."
    assert find(text, person(text, "Kenya Odhiambo", "Kenya Odhiambo")) == [("Kenya", "KEN")]


def test_a_namesake_named_in_full_hides_a_leader_who_is_not() -> None:
    text = "Odile Merkel baked. Merkel smiled."
    persons = [person(text, "Odile Merkel", "Odile Merkel"), person(text, "Merkel smiled"[:6], "Odile Merkel")]
    alone = PersonMention(Span.of(text, 20, 26), "Odile Merkel")
    assert find(text, persons[0], alone) == []


@pytest.mark.parametrize("surface", ["Backs Merkel", "anti-Merkel", "Merkel-Putin", "Merkel Team"])
def test_what_only_looks_like_a_longer_name_hides_nothing(surface: str) -> None:
    text = f"{surface} again."
    assert ("Merkel", "angela-merkel") in find(text, person(text, surface, surface))


def test_mentions_come_in_order() -> None:
    text = "Senator Ayla Demirkol met Turkey, then Russia."
    senator = person(text, "Ayla Demirkol", "Ayla Demirkol", roles=frozenset({"senator"}))
    assert find(text, senator) == [("Ayla Demirkol", "ayla-demirkol"), ("Turkey", "TUR"), ("Russia", "RUS")]


def mention(actor: Actor, start: int, end: int, *, place: bool = False) -> ActorMention:
    return ActorMention(actor, Span(start, end, "x" * (end - start)), place)


def test_actors_of_content_come_by_first_mention_with_all_spans() -> None:
    mentions = [mention(USA, 0, 4), mention(TURKEY, 10, 16), mention(USA, 20, 24), mention(TURKEY, 30, 36)]
    assert [(a.id, [s.start for s in spans]) for a, spans in actors_in([(28, 40), (8, 25)], mentions)] == [
        ("TUR", [10, 30]),
        ("USA", [20]),
    ]


def test_mentions_that_stick_out_of_the_content_do_not_count() -> None:
    assert actors_in([(2, 12)], [mention(USA, 0, 4), mention(TURKEY, 10, 16)]) == []


def test_places_in_the_content_do_not_count() -> None:
    assert actors_in([(0, 40)], [mention(TURKEY, 10, 16, place=True)]) == []


def test_the_actors_of_a_statement_are_found_without_reading_all_mentions() -> None:
    class Counted(list[ActorMention]):
        reads = 0

        def __getitem__(self, index):  # type: ignore[no-untyped-def]
            Counted.reads += 1
            return super().__getitem__(index)

    mentions = Counted(mention(USA, 10 * n, 10 * n + 4) for n in range(10_000))
    actors_in([(50_000, 50_020)], mentions)
    assert Counted.reads < 50

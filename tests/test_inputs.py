"""Rows of archives: formats, columns, and rows that cannot be read."""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stancelib import csv_records
from stancelib.errors import InvalidInputError
from stancelib.inputs import Meter, Row, choose_columns, find_sources, read_rows


def rows_of(*inputs: object, carry: Sequence[str] = (), encoding: str = "utf-8-sig", **columns: str) -> list[Row]:
    """All rows of some inputs."""
    spool = Path(str(inputs[0])).parent / "spool"
    sources = find_sources([str(i) for i in inputs], spool=spool)
    named = {"text": None, "id": None, **columns}
    chosen, _ = choose_columns(sources, text=named["text"], id=named["id"], carry=carry, encoding=encoding)
    return list(read_rows(sources, chosen, encoding=encoding, meter=Meter()))


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def ids_and_texts(rows: Sequence[Row]) -> list[tuple[str, str | None]]:
    return [(r.id, r.text) for r in rows]


def test_csv_has_quoted_line_ends_and_commas(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", 'id,text\r\n1,"One, he said.\r\nTwo."\r\n2,Plain\r\n')
    assert ids_and_texts(rows_of(file)) == [("1", "One, he said.\r\nTwo."), ("2", "Plain")]


def test_tsv(tmp_path: Path) -> None:
    assert ids_and_texts(rows_of(write(tmp_path / "a.tsv", "id\ttext\n7\tA, b\n"))) == [("7", "A, b")]


def test_a_quotation_mark_that_is_not_closed_takes_no_other_row(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", 'id,text\n1,"One"\n2,"Two\n3,"Three"\n4,"Four"\n')
    rows = rows_of(file)
    assert [(r.number, r.id, r.text) for r in rows] == [
        (1, "1", "One"),
        (2, "2", None),
        (3, "3", "Three"),
        (4, "4", "Four"),
    ]
    assert "not a row of the table" in rows[1].error


def test_the_last_quotation_mark_may_stay_open(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "a.csv", 'id,text\n1,"One"\n2,"Two\n3,Three\n'))
    assert ids_and_texts(rows) == [("1", "One"), ("2", None), ("3", "Three")]


@pytest.mark.parametrize("line", ["2", "2,two,three"])
def test_a_row_with_too_many_or_few_cells_is_named(tmp_path: Path, line: str) -> None:
    rows = rows_of(write(tmp_path / "a.csv", f"id,text\n1,One\n{line}\n3,Three\n"))
    assert ids_and_texts(rows) == [("1", "One"), ("2", None), ("3", "Three")]
    assert f"{line.count(',') + 1} cells where the header has 2" in rows[1].error


def test_a_damaged_record_of_several_lines_is_one_row(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "a.csv", 'id,text\n1,"One\ntwo\nthree",x\n2,Two\n'))
    assert ids_and_texts(rows) == [("1", None), ("2", "Two")]


def test_a_record_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "RECORD_LIMIT", 100)
    lines = "".join(f"{i},plain text of row {i}\n" for i in range(2, 40))
    rows = rows_of(write(tmp_path / "a.csv", f'id,text\n1,"open\n{lines}'))
    assert len(rows) == 39
    assert rows[0].text is None
    assert all(r.text for r in rows[1:])


def test_bytes_of_another_encoding_are_an_error_of_their_row(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", b"id,text\n1,caf\xe9\n2,Two\n")
    rows = rows_of(file)
    assert ids_and_texts(rows) == [("1", None), ("2", "Two")]
    assert "--encoding" in rows[0].error
    assert rows_of(file, encoding="latin-1")[0].text == "café"


def test_an_unknown_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="latin-9000"):
        rows_of(write(tmp_path / "a.csv", "id,text\n1,One\n"), encoding="latin-9000")


def test_jsonl_rows_that_are_no_objects_are_named(tmp_path: Path) -> None:
    lines = ['{"id": 1, "text": "One"}', "{broken", "[1]", '{"id": 4}', '{"id": 5, "text": 5}', '{"text": "Six"}']
    rows = rows_of(write(tmp_path / "a.jsonl", "\n".join(lines) + "\n\n"))
    assert [r.id for r in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [r.text for r in rows] == ["One", None, None, None, None, "Six"]
    for row, needle in zip(
        rows[1:5], ("not JSON", "a JSON list", "missing or null", "int, not a string"), strict=True
    ):
        assert needle in row.error


def test_a_lone_surrogate_in_json_is_an_error(tmp_path: Path) -> None:
    assert "surrogates" in rows_of(write(tmp_path / "a.jsonl", '{"text": "\\ud800 said"}\n'))[0].error


def test_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"doc_id": [1, 2], "text": ["One", None]}), tmp_path / "a.parquet")
    rows = rows_of(tmp_path / "a.parquet")
    assert ids_and_texts(rows) == [("1", "One"), ("2", None)]


def test_a_file_that_is_not_parquet(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="not a Parquet file"):
        rows_of(write(tmp_path / "a.parquet", "no"))


@pytest.mark.parametrize("compression", [".gz", ".zst"])
def test_compressed_files(tmp_path: Path, compression: str) -> None:
    file = tmp_path / f"a.csv{compression}"
    data = "id,text\n1,“One”\n".encode()
    if compression == ".gz":
        file.write_bytes(gzip.compress(data))
    else:
        with pa.output_stream(str(file), compression="zstd") as stream:
            stream.write(data)
    assert ids_and_texts(rows_of(file)) == [("1", "“One”")]


def test_a_folder_has_a_row_a_text_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "b.txt", "B said\r\n")
    write(tmp_path / "sub" / "a.txt", b"caf\xe9")
    write(tmp_path / "notes.md", "no")
    rows = rows_of(tmp_path)
    assert ids_and_texts(rows) == [
        (str(tmp_path / "b.txt"), "B said\r\n"),
        (str(tmp_path / "sub" / "a.txt"), None),
    ]


def test_a_glob_reads_its_files_in_order_and_counts_on(tmp_path: Path) -> None:
    for name in "ba":
        write(tmp_path / f"{name}.csv", f"id,text\n{name},Text {name}\n")
    assert [(r.number, r.id) for r in rows_of(tmp_path / "*.csv")] == [(1, "a"), (2, "b")]


@pytest.mark.parametrize(
    ("data", "format_"), [(b'{"text": "One"}\n', "jsonl"), (b"text\nOne\n", "csv")], ids=["jsonl", "csv"]
)
def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, format_: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    (source,) = find_sources(["-"], spool=tmp_path / "spool")
    assert (source.format, str(source)) == (format_, "standard input")
    assert (tmp_path / "spool").read_bytes() == data


@pytest.mark.parametrize(
    ("name", "needle"),
    [("missing.csv", "no file, folder or match"), ("a.docx", "no known format"), ("empty", "no .txt file")],
)
def test_inputs_that_cannot_be_used(tmp_path: Path, name: str, needle: str) -> None:
    write(tmp_path / "a.docx", "x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInputError, match=needle):
        find_sources([str(tmp_path / name)], spool=tmp_path / "spool")


# Columns


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write(tmp_path / "a.csv", "Outlet,Headline,Body,URL\nX,H,The text,u1\n")


def test_columns_are_guessed_with_a_message(table: Path) -> None:
    sources = find_sources([str(table)], spool=table)
    columns, messages = choose_columns(sources, text=None, id=None, carry=(), encoding="utf-8")
    assert columns == ("Body", "URL", ())
    assert messages == ["text column: Body", "id column: URL"]


def test_without_an_id_column_rows_are_numbered(tmp_path: Path) -> None:
    assert ids_and_texts(rows_of(write(tmp_path / "a.csv", "text\nOne\nTwo\n"))) == [("1", "One"), ("2", "Two")]


def test_no_obvious_text_column_lists_the_columns(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="--text-column; there are a, b"):
        rows_of(write(tmp_path / "a.csv", "a,b\n1,2\n"))


def test_an_unknown_column_lists_the_columns(table: Path) -> None:
    with pytest.raises(InvalidInputError, match="no column date; there are Outlet, Headline, Body, URL"):
        rows_of(table, carry=["date"])


def test_a_file_that_lacks_the_column_is_named_before_anything_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "id,text\n1,One\n")
    write(tmp_path / "b.csv", "id,words\n1,One\n")
    with pytest.raises(InvalidInputError, match=r"b\.csv has no column text"):
        rows_of(tmp_path / "*.csv")


def test_carried_columns_become_strings(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", '{"text": "One", "n": 3, "tags": ["é"]}\n{"text": "Two"}\n')
    assert [r.carried for r in rows_of(file, carry=["n", "tags"])] == [
        {"n": "3", "tags": '["é"]'},
        {"n": None, "tags": None},
    ]


def test_an_empty_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="is empty"):
        rows_of(write(tmp_path / "a.csv", ""))


def test_the_meter_ends_at_the_size_of_the_input(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "id,text\n" + "1,One\n" * 5)
    sources = find_sources([str(file)], spool=file)
    columns, _ = choose_columns(sources, text="text", id="id", carry=(), encoding="utf-8")
    meter = Meter()
    list(read_rows(sources, columns, encoding="utf-8", meter=meter))
    assert meter.read == file.stat().st_size


def test_a_key_of_json_may_be_missing_at_first_but_not_everywhere(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", '{"text": "One"}\n{"text": "Two", "date": "May"}\n')
    assert [r.carried["date"] for r in rows_of(file, carry=["date"])] == [None, "May"]
    with pytest.raises(InvalidInputError, match="no column dtae; there are text, date"):
        rows_of(file, carry=["dtae"])


def test_text_files_beside_a_table_with_columns_of_other_names(tmp_path: Path) -> None:
    table = write(tmp_path / "a.csv", "url,body\nu1,One\n")
    assert ids_and_texts(rows_of(table, write(tmp_path / "b.txt", "Two"))) == [
        ("u1", "One"),
        (str(tmp_path / "b.txt"), "Two"),
    ]


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.zst", "a.txt.gz"])
def test_a_damaged_compressed_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError, match=f"{name} is damaged"):
        rows_of(write(tmp_path / name, "id,text\n1,not compressed\n"))


def test_a_compressed_file_that_breaks_off_is_named(tmp_path: Path) -> None:
    whole = gzip.compress(b"id,text\n" + b"".join(b"%d,%d\n" % (i, i * i * 7919) for i in range(20_000)))
    with pytest.raises(InvalidInputError, match="is damaged"):
        rows_of(write(tmp_path / "a.csv.gz", whole[: len(whole) // 2]))


def test_another_encoding_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="is not in utf-16"):
        rows_of(write(tmp_path / "a.csv", "id,text\n1,One\n"), encoding="utf-16")


def test_standard_input_with_a_byte_order_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'\xef\xbb\xbf{"text": "One"}\n')))
    assert find_sources(["-"], spool=tmp_path / "spool")[0].format == "jsonl"


def test_the_limit_of_the_csv_module_is_left_as_it_was() -> None:
    before = csv.field_size_limit()
    assert list(csv_records.csv_records(["text\n", "x" * (before + 1) + "\n"], ",")) == [
        {"text": "x" * (before + 1)}
    ]
    assert csv.field_size_limit() == before

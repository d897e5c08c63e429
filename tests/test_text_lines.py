import pytest

from stance.errors import ConfigError, InputError
from stance.text_lines import check_encoding, lines


@pytest.mark.parametrize("name", ["utf-8", "UTF8", "u8", "utf_8_sig"])
def test_every_spelling_of_utf_8(tmp_path, name):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfcaf\xc3\xa9\nx\r\n\xff")
    assert check_encoding(tmp_path / "a.txt", name) == "utf-8-sig"
    assert [*lines(tmp_path / "a.txt", "utf-8-sig")] == ["café\n", "x\r\n", "\udcff"]


@pytest.mark.parametrize("name", ["klingon", "", "hex", "rot13", "a\0b"])
def test_what_is_no_encoding_of_text(tmp_path, name):
    (tmp_path / "a.txt").touch()
    with pytest.raises(ConfigError, match="is unknown; try utf-8, cp1252, latin-1 or utf-16"):
        check_encoding(tmp_path / "a.txt", name)


def test_a_file_in_another_encoding(tmp_path):
    (tmp_path / "a.txt").write_bytes("café".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        check_encoding(tmp_path / "a.txt", "utf-8")
    assert [*lines(tmp_path / "a.txt", check_encoding(tmp_path / "a.txt", "latin-1"))] == ["café"]


def test_the_mark_of_utf_8_is_worth_more_than_what_is_said(tmp_path):
    (tmp_path / "a.txt").write_bytes("\ufeffcafé".encode())
    assert check_encoding(tmp_path / "a.txt", "cp1252") == "utf-8-sig"

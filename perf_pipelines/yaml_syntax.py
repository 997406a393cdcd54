"""What is wrong with a text that cannot be read as YAML, for people who do not know what YAML calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from perf_pipelines.errors import Problem
from perf_pipelines.meant import strangers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ELSEWHERE = "look at this line and the one above it: a bracket, quote, comma or colon, and how far it is indented"

_SAID: Sequence[tuple[str, str, str]] = (
    (
        "character '\\t'",
        "a tab stands here",
        "write spaces in its place: the program that writes the file may show both alike",
    ),
    (
        "that cannot start any token",
        "a text begins with a sign that has a meaning of its own",
        "put the text in quotes",
    ),
    (
        "mapping values are not allowed here",
        "there is a colon too many",
        "begin a new line for each key; a text with a colon in it needs quotes",
    ),
    (
        "could not find expected ':'",
        "the key has no colon behind it",
        "write `key: value`, with a space behind the colon",
    ),
    (
        "expected ',' or '}'",
        "something stands here where the { of line %d needs a comma or its closing }",
        "write {key: value, key: value}, with a comma between two keys and a } at the end; a text with a colon or a "
        "comma in it needs quotes",
    ),
    (
        "expected ',' or ']'",
        "something stands here where the [ of line %d needs a comma or its closing ]",
        "write [one, two], with a comma between two entries and a ] at the end",
    ),
    (
        "expected <block end>",
        "the line is indented otherwise than those it belongs to",
        "let the keys of one block, and the dashes of one list, stand exactly below each other",
    ),
    ("found unexpected end of stream", "a quote is opened here and never closed", "write the closing quote"),
    (
        "escape",
        "a backslash inside double quotes has a meaning of its own",
        "write single quotes around the text, or two backslashes",
    ),
    (
        "sequence entries are not allowed here",
        "a dash begins a list where none can be",
        "begin the list on a line of its own below its key",
    ),
)
"""Part of PyYAML's message, what is wrong, what to do."""

_STRUCTURE = re.compile(r"""(?P<quoted>"(?:[^"\\]|\\.)*"|'[^']*')|[：，；、“”‘’｛｝［］【】＃－　\u00a0]""")
_PLAIN_NEIGHBOUR = re.compile(r"[A-Za-z0-9_}\]\"'%.]")


_PARTS: Mapping[str, str] = {
    "：": ": ",
    "，": ", ",
    "；": ", ",
    "、": ", ",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "【": "[",
    "】": "]",
    "＃": "#",
    "－": "- ",
    "　": " ",
    "\u00a0": " ",
}
"""What is meant by a character of full width that stands where YAML's own would."""


_CONFLICT = re.compile(r"^(?:(?:<{7}|>{7}|\|{7})(?= |\r?$)|={7}(?=\r?$))", re.MULTILINE)
_DASH = re.compile(r"\s*([–—−‐])\s")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'""")
_HASH = re.compile(r"\s#")


def conflict_problem(file: str, text: str) -> Problem | None:
    """The problem with ``text`` that is two versions of a file, which git could not merge."""
    marker = _CONFLICT.search(text)
    return marker and Problem(
        file=file,
        line=text[: marker.start()].count("\n") + 1,
        what=f"`{marker[0]}` is left of a merge of two versions of the file, which stand below each other here",
        todo="keep one of them, and take out the lines <<<<<<<, ======= and >>>>>>>",
    )


def syntax_problem(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """The problem with ``text`` that PyYAML has found, with its line; where a character explains it, that one."""
    if isinstance(error, yaml.reader.ReaderError):
        return Problem(
            file=file,
            line=text[: error.position].count("\n") + 1,
            what="there is a character that cannot be seen and means nothing here",
            todo="type the line again; or is it a document of another program? Save it as plain text (UTF-8)",
        )
    said = (error.problem or error.context or "") if isinstance(error, yaml.MarkedYAMLError) else ""
    last = error.problem_mark.line if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 0
    first = error.context_mark.line if isinstance(error, yaml.MarkedYAMLError) and error.context_mark else last
    lines = text.splitlines()
    for index in _around(first, last, len(lines)):
        if dash := _DASH.match(lines[index]):
            return Problem(
                file=file,
                line=index + 1,
                what=f"the line begins with {strangers(dash[1])}, which begins no entry of a list",
                todo="write `- ` in its place",
            )
        if _comments_a_bracket_out(lines[index]):
            return Problem(
                file=file,
                line=index + 1,
                what="a comment begins at the #, so that the bracket behind it closes nothing",
                todo="put the text with the # in quotes, or take the comment out",
            )
        if stranger := _stranger(lines[index]):
            return Problem(
                file=file,
                line=index + 1,
                what=f"the line has {strangers(stranger)}, which is an ordinary letter here and parts nothing",
                todo=f"write `{_PARTS[stranger]}` in its place, or put the text that it belongs to in quotes",
            )
    if "unexpected end of stream" in said or "could not find" in said:
        last = first
    what, todo = next(
        ((what, todo) for part, what, todo in _SAID if part in said),
        ("the line cannot be read", _ELSEWHERE),
    )
    return Problem(file=file, line=last + 1, what=what.replace("%d", str(first + 1)), todo=todo)


def _comments_a_bracket_out(line: str) -> bool:
    """Whether what a # makes a comment closes a bracket that the line has opened before."""
    text = _QUOTED.sub("", line)
    found = _HASH.search(text)
    before, after = (text[: found.start()], text[found.end() :]) if found else ("", "")
    return any(
        before.count(opening) > before.count(closing) and after.count(closing) > after.count(opening)
        for opening, closing in ("{}", "[]")
    )


def _around(first: int, last: int, count: int) -> list[int]:
    """The lines from the last one back to the one before the first, as far as there are any."""
    return [index for index in range(last, max(first - 2, last - 20, -1), -1) if index < count]


def _stranger(line: str) -> str | None:
    """A character that looks as if it had a meaning, beside something that nobody writes in Chinese."""
    if line.lstrip().startswith("#"):
        return None
    for match in _STRUCTURE.finditer(line.partition(" #")[0]):
        if match["quoted"]:
            continue
        before, after = line[: match.start()].rstrip(), line[match.end() :].lstrip()
        beside = before[-1:] + after[:1]
        if not before or not after or _PLAIN_NEIGHBOUR.search(beside):
            return match[0]
    return None

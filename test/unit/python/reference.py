"""Answers questions about Python's own configparser and fnmatch, one JSON value a line."""

import configparser
import fnmatch
import io
import json
import sys


def read_ini(text):
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    try:
        # newline=None: line ends are read as those of a file that was opened as text.
        parser.read_file(io.StringIO(text, newline=None))
    except (
        configparser.MissingSectionHeaderError,
        configparser.DuplicateSectionError,
        configparser.DuplicateOptionError,
    ) as error:
        return {"wrong": error.lineno}
    except configparser.ParsingError as error:
        return {"wrong": error.errors[0][0]}
    own = parser._sections  # without what DEFAULT mixes in
    return {
        "defaults": list(parser.defaults().items()),
        "sections": [[name, list(own[name].items())] for name in parser.sections()],
    }


ANSWERS = {
    "ini": lambda question: read_ini(question["text"]),
    "glob": lambda question: fnmatch.fnmatchcase(question["name"], question["pattern"]),
}

for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"):
    question = json.loads(line)
    print(json.dumps(ANSWERS[question["kind"]](question)), flush=True)

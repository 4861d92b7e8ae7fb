"""List the lessons, or run some: python -m nncore.lessons [NUMBER ... | all]."""

from __future__ import annotations

import sys

from nncore.lessons import Lesson, lessons


def chosen(words: list[str]) -> list[Lesson]:
    """The lessons `words` name.

    Raises:
        LookupError: there is no such lesson; says which there are.
    """
    known = {lesson.number: lesson for lesson in lessons()}
    if words == ["all"]:
        return list(known.values())
    for word in words:
        if not word.isdecimal() or int(word) not in known:
            raise LookupError(f"There is no lesson {word!r}: say 1 to {len(known)}, or all.")
    return [known[int(word)] for word in words]


def main(words: list[str]) -> int:
    """Do what the command line says; the exit code."""
    try:
        wanted = chosen(words)
    except LookupError as error:
        print(f"lessons: {error}", file=sys.stderr)
        return 2
    try:
        if words:
            _run(wanted)
        else:
            _list()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print()
        return 130
    except BrokenPipeError:  # `python -m nncore.lessons all | head`
        sys.stderr.close()  # so that the interpreter does not complain of the pipe when it ends
    return 0


def _list() -> None:
    for lesson in lessons():
        print(f"{lesson.number:>2}  {lesson.title}")
    print("\nRun one with: python -m nncore.lessons 1")


def _run(wanted: list[Lesson]) -> None:
    for i, lesson in enumerate(wanted):
        lead = "\n\n" if i else ""
        print(f"{lead}{lesson.number}. {lesson.title}")
        print(f"   why: at the top of {lesson.place}\n")
        lesson.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

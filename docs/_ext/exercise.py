"""The course's tasks on a page: ``.. exercise:: A1t`` shows one, ``.. exercise-list::`` links to all.

A task comes from the registry, so that a page, a notebook and the command line say the same. Hints and solution
are closed at first; they open with a click or with the keyboard, because they are the browser's own elements.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode
from sphinx_design.shared import create_component

from calcguide import exercises

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from calcguide.exercises import Exercise

logger = logging.getLogger(__name__)

LESSONS = "lessons"
LISTS = "exercise-list"  # in a page's metadata: what its list of tasks was made from
KINDS = {"number": "a number", "vector": "a vector", "function": "a function"}
INLINE = re.compile(
    r"`(?P<literal>[^`]+)`|\$(?P<math>[^$]+)\$|\*\*(?P<strong>[^*]+)\*\*|\*(?P<emphasis>[^*]+)\*"
)
NODES = {"literal": nodes.literal, "math": nodes.math, "strong": nodes.strong, "emphasis": nodes.emphasis}


def anchor(task: Exercise) -> str:
    """Return the id of a task's box on its page."""
    return f"exercise-{task.id}"


def home(task: Exercise) -> str:
    """Return the name of the page that a task belongs to."""
    return f"{LESSONS}/{task.lesson}"


def paragraphs(markdown: str) -> list[nodes.Node]:
    """Return a task's text, in its small kind of Markdown, as paragraphs."""
    return [nodes.paragraph("", "", *inline(" ".join(text.split()))) for text in markdown.split("\n\n")]


def inline(text: str) -> Iterator[nodes.Node]:
    """Yield code, formulas, emphasis, and the text between them."""
    end = 0
    for match in INLINE.finditer(text):
        if match.start() > end:
            yield nodes.Text(text[end : match.start()])
        kind = match.lastgroup or ""
        yield NODES[kind](match[kind], match[kind])
        end = match.end()
    if end < len(text):
        yield nodes.Text(text[end:])


def code(source: str) -> nodes.literal_block:
    """Return Python code, to be highlighted."""
    return nodes.literal_block(source, source, language="python")


def dropdown(title: str, children: list[nodes.Node]) -> nodes.container:
    """Return a block that is closed at first."""
    return create_component(
        "dropdown",
        children=[nodes.rubric("", title), *children],
        opened=False,
        type="dropdown",
        has_title=True,
        icon=None,
        chevron=None,
        container_classes=["sd-mb-3"],
        title_classes=[],
        body_classes=[],
    )


def box(task: Exercise) -> nodes.container:
    """Return a task as a box: title, prompt, how to check, then hints and solution, closed."""
    check = f"from calcguide import exercises\n\nprint({task.call})"
    hints = [dropdown(f"Hint {k}", paragraphs(hint)) for k, hint in enumerate(task.hints, start=1)]
    solution = [*paragraphs(task.solution.explanation), code(task.solution.code)]
    return nodes.container(
        "",
        nodes.rubric("", f"Task {task.id}: {task.title}"),
        *paragraphs(task.prompt),
        *paragraphs(f"When `answer` is {KINDS[task.kind]}, let it be checked:"),
        code(check),
        *hints,
        dropdown("Solution", solution),
        ids=[anchor(task)],
        classes=["exercise"],
        is_div=True,
    )


class RegistryDirective(SphinxDirective):
    """What is made from the registry is made again when the registry changes."""

    def note_registry(self) -> None:
        """Let the page depend on the registry's files."""
        for file in sorted(Path(exercises.__file__).parent.glob("*.py")):
            self.env.note_dependency(str(file))


class ExerciseDirective(RegistryDirective):
    """``.. exercise:: ID``: a task of the course. It can be linked to with ``:ref:`exercise-ID```."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the task's box."""
        self.note_registry()
        try:
            task = exercises.get(self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from None
        labels = self.env.domains.standard_domain
        name = anchor(task).lower()
        other = labels.labels.get(name, (self.env.docname,))[0]
        if name in labels.labels:
            raise self.error(f"the task {task.id} is on a page already: {other}")
        labels.labels[name] = self.env.docname, anchor(task), f"Task {task.id}"
        labels.anonlabels[name] = self.env.docname, anchor(task)
        node = box(task)
        self.set_source_info(node)
        return [node]


class exercise_list(nodes.General, nodes.Element):  # noqa: N801 - nodes are named like tags
    """Stands for the list until every page is known."""


class ExerciseListDirective(RegistryDirective):
    """``.. exercise-list::``: all tasks by lesson, each with a link to its box."""

    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Return a place for the list."""
        self.note_registry()
        self.env.metadata[self.env.docname].setdefault(LISTS, None)
        return [exercise_list()]


def level(app: Sphinx, doctree: nodes.document) -> None:  # noqa: ARG001 - called by Sphinx
    """Make the title of each box a heading one level below the section that it stands in."""
    for node in doctree.findall(nodes.container):
        if "exercise" in node["classes"]:
            depth, parent = 1, node.parent
            while parent is not None:
                depth += isinstance(parent, nodes.section)
                parent = parent.parent
            node[0]["heading-level"] = depth


def places(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """Return for each lesson that exists its title and the tasks whose boxes it has."""
    shown = env.domains.standard_domain.labels
    return {
        lesson: (
            env.titles[lesson].astext(),
            " ".join(task.id for task in group if shown.get(anchor(task).lower(), ("",))[0] == lesson),
        )
        for lesson, group in groupby(exercises.tasks(), home)
        if lesson in env.titles
    }


def renew(app: Sphinx, env: BuildEnvironment) -> list[str]:  # noqa: ARG001 - called by Sphinx
    """Write pages with a list again when a lesson has come, gone or changed its title."""
    now = places(env)
    outdated = [page for page, facts in env.metadata.items() if LISTS in facts and facts[LISTS] != now]
    for page in outdated:
        env.metadata[page][LISTS] = now
    return outdated


def check(app: Sphinx, env: BuildEnvironment) -> None:  # noqa: ARG001 - called by Sphinx
    """Warn of tasks whose lesson does not exist, or does not show them."""
    pages = [page for page, facts in env.metadata.items() if LISTS in facts]
    known = places(env)
    for page in pages:
        for task in exercises.tasks():
            if home(task) not in known:
                logger.warning(
                    "task %s names a lesson that does not exist: %s", task.id, home(task), location=page
                )
            elif task.id not in known[home(task)][1].split():
                logger.warning("task %s is not shown by its lesson %s", task.id, home(task), location=page)


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the list in its place."""
    for place in list(doctree.findall(exercise_list)):
        known = places(app.env)
        blocks: list[nodes.Node] = []
        for lesson, group in groupby(exercises.tasks(), home):
            title, shown = known.get(
                lesson, (lesson.rpartition("/")[2][3:].replace("_", " ").capitalize(), "")
            )
            heading = nodes.Text(title)
            link = make_refnode(app.builder, docname, lesson, "", heading) if lesson in known else heading
            blocks.append(nodes.paragraph("", "", nodes.strong("", "", link)))
            items = nodes.bullet_list()
            for task in group:
                name = nodes.Text(task.title)
                target = (
                    make_refnode(app.builder, docname, lesson, anchor(task), name)
                    if task.id in shown.split()
                    else name
                )
                item = nodes.paragraph("", "", nodes.literal("", task.id), nodes.Text(" "), target)
                item += nodes.Text(f": {KINDS[task.kind]}")
                items += nodes.list_item("", item)
            blocks.append(items)
        place.replace_self(blocks)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the two directives."""
    app.setup_extension("sphinx_design")
    app.add_node(exercise_list)
    app.add_directive("exercise", ExerciseDirective)
    app.add_directive("exercise-list", ExerciseListDirective)
    app.connect("doctree-read", level)
    app.connect("env-updated", renew)
    app.connect("env-check-consistency", check)
    app.connect("doctree-resolved", fill)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

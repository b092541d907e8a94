"""The command line: ``influence validate | panel | claims | notebooks | figures | reproduce | cite | describe``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from influence.errors import DataError, MissingExtra

app = typer.Typer(
    help="""What networks can say about an argument of international relations.

    Examples:

      influence validate

      influence panel --layer trade --metric strength_out --year 2012 --format csv

      influence panel --metric gatekeeper --layer security --partition west_postsoviet --format table

      influence claims --id C07

      influence figures --only trade_poles --format pdf --out my_figures

      influence reproduce
    """,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Folder = Annotated[Path | None, typer.Argument(help="A folder with a datapackage.json. Default: the bundled data.")]


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Errors a user can mend end with one message and exit code 2; anything else is a bug and shows its trace."""
    try:
        yield
    except (DataError, MissingExtra, KeyError, ValueError, OSError) as error:
        told = error.args[0] if isinstance(error, KeyError) and error.args else error
        typer.echo(f"influence: {told}", err=True)
        raise typer.Exit(2) from error


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Callable[[str], None]]:
    """A progress bar on a terminal, plain lines where there is none."""
    if not sys.stderr.isatty():
        typer.echo(f"{what} ...", err=True)
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total, completed=-1 if total else 0)

        def step(name: str) -> None:
            bar.update(task, advance=1, description=f"{what}: {name}")

        yield step
        if total is not None:
            bar.update(task, completed=total, description=what)


@app.command()
def validate(folder: Folder = None) -> None:
    """Check a data package: schema, keys, vocabularies, spells, sources.

    Every problem is listed with file, row, column, value and what is allowed; the exit code is then 2.

    Example: influence validate my_study/data
    """
    from influence.tables import descriptor, table_names
    from influence.tables import validate as check

    with _said_plainly():
        names = table_names(folder)
        with _progress("validating", len(names)) as step:
            check(folder, progress=step)
        typer.echo(f"{descriptor(folder)['name']} {descriptor(folder)['version']}: {len(names)} tables, all valid")


@app.command()
def panel(
    metric: Annotated[
        list[str] | None, typer.Option(help="Metric id; repeat for several. Default: all that fit.")
    ] = None,
    layer: Annotated[list[str] | None, typer.Option(help="Layer; repeat for several. Default: the four.")] = None,
    year: Annotated[list[int] | None, typer.Option(help="Year; repeat for several. Default: 2001 to 2012.")] = None,
    partition: Annotated[str | None, typer.Option(help="Groups for brokerage, such as region.")] = None,
    rule: Annotated[str, typer.Option(help="When a spell counts: '31 December', any, share.")] = "31 December",
    unknown: Annotated[str, typer.Option(help="Unknown ties count as absent or present.")] = "absent",
    trade: Annotated[str, typer.Option(help="Source of the trade layer: baci or cow_trade_v4.")] = "baci",
    format: Annotated[str, typer.Option(help="csv, json or table.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")] = None,
) -> None:
    """Metric by actor, layer and year, as a tidy table. No data is an empty cell, never 0.

    Example: influence panel --layer trade --metric strength_out --year 2012 --format csv
    """
    from influence._panel import panel as compute
    from influence.network.bundled import load
    from influence.tables.write import write_text

    with _said_plainly():
        if format not in ("csv", "json", "table"):
            raise ValueError(f"format must be csv, json or table, not {format!r}")
        net = load(trade=trade)
        with _progress("computing", len(layer or net.layers)) as step:
            frame = compute(
                net, metric, layers=layer, years=year, partition=partition, rule=rule, unknown=unknown, progress=step
            )
        text = _formatted(frame, format)
        if out is None:
            typer.echo(text, nl=False)
        else:
            write_text(text, out)
            typer.echo(f"{len(frame)} rows in {out}", err=True)


def _formatted(frame: Any, format: str) -> str:
    from influence.tables.write import round_significant

    rounded = round_significant(frame)
    if format == "csv":
        return rounded.to_csv(index=False, lineterminator="\n", float_format="%.9g")
    if format == "json":
        records = rounded.astype({"value": object}).where(rounded.notna(), None).to_dict("records")
        return json.dumps(records, ensure_ascii=False) + "\n"
    # Not pivot_table, which leaves out actors of whom nothing is known.
    wide = rounded.pivot(index=["layer", "actor"], columns=["metric", "year"], values="value").sort_index(axis=1)
    return wide.to_string(float_format=lambda v: f"{v:,.4g}", na_rep="–") + "\n"


@app.command()
def claims(
    id: Annotated[list[str] | None, typer.Option(help="Claim, such as C07; repeat for several. Default: all.")] = None,
    format: Annotated[str, typer.Option(help="md, csv, json or html.")] = "md",
    draws: Annotated[int, typer.Option(help="Draws of doubt behind the intervals.")] = 100,
    workers: Annotated[int, typer.Option(help="Processes.")] = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute again what the cache keeps.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")] = None,
) -> None:
    """The claims of the article: expectation, result, verdict by the rule fixed in advance, how far it holds.

    Example: influence claims --id C07 --id C12 --format md
    """
    from influence.claims.book import ledger, pages
    from influence.claims.pages import as_text
    from influence.tables.write import write_text

    with _said_plainly():
        if format not in ("md", "csv", "json", "html"):
            raise ValueError(f"format must be md, csv, json or html, not {format!r}")
        with _progress("testing claims", None) as step:
            how: dict[str, Any] = {"draws": draws, "workers": workers, "fresh": fresh, "progress": step}
            if format in ("md", "html") and id:
                text = as_text(pages(id, **how), format)
            else:
                text = as_text(ledger(claims=id, **how), format)
        if out is None:
            typer.echo(text, nl=False)
        else:
            write_text(text, out)
            typer.echo(str(out), err=True)


@app.command()
def notebooks(only: Annotated[list[str] | None, typer.Option(help="Part of a notebook's name.")] = None) -> None:
    """Execute the notebooks top to bottom and store them with their outputs.

    Example: influence notebooks --only 04_trade
    """
    from influence.reproduce import run_notebooks

    with _said_plainly():
        found = _notebooks(only)
        with _progress("executing notebooks", len(found)) as step:
            run_notebooks(found, progress=step)
        typer.echo(f"{len(found)} notebooks executed")


@app.command()
def figures(
    only: Annotated[list[str] | None, typer.Option(help="Name of a figure; repeat for several.")] = None,
    format: Annotated[str, typer.Option(help="Formats, separated by commas: svg, pdf, eps, png.")] = "svg",
    style: Annotated[str, typer.Option(help="Page: single, double, slide, poster, greyscale.")] = "",
    dpi: Annotated[int, typer.Option(help="Resolution of png.")] = 300,
    out: Annotated[Path | None, typer.Option(help="Folder. Default: figures/ of the project.")] = None,
) -> None:
    """Draw the figures again from the notebooks that make them, and write the manifest.

    Example: influence figures --only trade_poles --format pdf,png --dpi 600 --out my_figures
    """
    from influence.reproduce import export_figures

    with _said_plainly():
        with _progress("drawing figures", len(_notebooks(None))) as step:
            made = export_figures(only=only, formats=format.split(","), style=style, dpi=dpi, out=out, progress=step)
        for path in made:
            typer.echo(str(path))


@app.command("contact-sheet")
def contact_sheet(
    only: Annotated[list[str] | None, typer.Option(help="Name of a figure; repeat for several.")] = None,
    style: Annotated[str, typer.Option(help="Page: single, double, slide, poster, greyscale.")] = "",
    dpi: Annotated[int, typer.Option(help="Resolution.")] = 110,
    out: Annotated[Path | None, typer.Option(help="Folder. Default: build/contact-sheet of the project.")] = None,
) -> None:
    """Lay all figures out in colour, greyscale and two kinds of simulated colour blindness, to be looked at.

    Example: influence contact-sheet --style single
    """
    from influence.reproduce import contact_sheet as lay_out

    with _said_plainly():
        with _progress("drawing figures", len(_notebooks(None))) as step:
            made = lay_out(only=only, style=style, dpi=dpi, out=out, progress=step)
        for path in made:
            typer.echo(str(path))


@app.command()
def reproduce(
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute again what the cache keeps.")] = False,
) -> None:
    """The main job: validate the data, compute the panel, test the claims, execute the notebooks, export the figures.

    Example: influence reproduce
    """
    from influence.reproduce import reproduce as run

    with _said_plainly():
        typer.echo(run(echo=lambda line: typer.echo(line, err=True), bar=_progress, fresh=fresh))


@app.command()
def explore(
    html: Annotated[Path, typer.Option(help="The page to write.")],
    layer: Annotated[list[str] | None, typer.Option(help="Layer on offer; repeat for several. Default: four.")] = None,
    metric: Annotated[list[str] | None, typer.Option(help="Measure on offer; repeat for several.")] = None,
    shown: Annotated[list[str] | None, typer.Option(help="Layer drawn at first; repeat for several.")] = None,
    year: Annotated[int | None, typer.Option(help="Shown at first. Default: the last.")] = None,
    measured_in: Annotated[str | None, typer.Option(help="Layer that the measure reads at first, or all.")] = None,
    measure: Annotated[str | None, typer.Option(help="Shown at first.")] = None,
    partition: Annotated[str | None, typer.Option(help="Groups at first, such as region.")] = None,
    keep: Annotated[float, typer.Option(help="Share of each layer's ties that count, the strongest first.")] = 1.0,
    pick: Annotated[str | None, typer.Option(help="Actor (RUS) or tie (RUS>KGZ) picked at first.")] = None,
) -> None:
    """Write the explorer as one page to share: it opens from disk, without a network and without Python.

    Every year, layer, measure, partition and source of trade and energy is in it; other thresholds need JupyterLab.

    Example: influence explore --html central_asia.html --shown security --measured-in security --pick KGZ
    """
    from influence.explorer import Study, write_page
    from influence.network.bundled import load

    with _said_plainly():
        view = {"measured_in": measured_in, "measure": measure, "partition": partition, "keep": keep, "pick": pick}
        with _progress("computing", 1) as step:
            step("every view")
            study = Study(load(), layers=layer, metrics=metric)
            path = write_page(study, html, shown=tuple(shown) if shown else None, year=year, **view)
        typer.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB", err=True)


@app.command()
def cite(figure: Annotated[str, typer.Argument(help="Name of a figure.")]) -> None:
    """The BibTeX of every source behind a figure.

    Example: influence cite trade_poles
    """
    from influence.figures.manifest import figure_sources
    from influence.tables.sources import bibliography

    with _said_plainly():
        typer.echo(bibliography(figure_sources(figure)))


@app.command()
def describe(
    folder: Folder = None,
    write: Annotated[bool, typer.Option("--write", help="Write CODEBOOK.md and the hashes of the tables.")] = False,
) -> None:
    """The codebook of a data package, made from its datapackage.json.

    Example: influence describe | less
    """
    from influence.tables.codebook import codebook, write_codebook

    with _said_plainly():
        if write:
            typer.echo(str(write_codebook(folder)))
        else:
            typer.echo(codebook(folder), nl=False)


def _notebooks(only: list[str] | None) -> list[Path]:
    from influence._paths import project_dir

    found = sorted((project_dir() / "notebooks").glob("*.ipynb"))
    chosen = [p for p in found if not only or any(part in p.stem for part in only)]
    if not chosen:
        raise ValueError(f"no notebook matches {', '.join(only or [])}; there are {', '.join(p.stem for p in found)}")
    return chosen

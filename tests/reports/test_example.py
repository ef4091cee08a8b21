"""The example notebook runs as it is committed, on texts of this project alone."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed (extra dev)")


def _script() -> Any:
    pytest.importorskip("nbclient", reason="nbclient is not installed (extra dev)")
    spec = importlib.util.spec_from_file_location("make_example", ROOT / "docs" / "make_example.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _outputs(cell: Any) -> list[str]:
    return [str(output.get("data", {}).get("text/plain", output.get("text", ""))) for output in cell.get("outputs", [])]


def test_the_committed_notebook_was_executed_and_holds_the_cells_of_its_script() -> None:
    book = nbformat.read(ROOT / "docs" / "example.ipynb", as_version=4)
    nbformat.validate(book)
    script = _script()
    assert [cell["source"] for cell in book.cells] == [text.removeprefix("code:") for text in script.CELLS]
    code = [cell for cell in book.cells if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] == number for number, cell in enumerate(code, 1))
    assert all(_outputs(cell) for cell in code)
    assert not any(output["output_type"] == "error" for cell in code for output in cell["outputs"])


@pytest.mark.slow
def test_the_notebook_runs_again(tmp_path: Path) -> None:
    book = _script().make(tmp_path / "example.ipynb")
    outputs = {cell["source"].splitlines()[-1]: _outputs(cell)[0] for cell in book.cells if cell["cell_type"] == "code"}
    concordance = next(text for source, text in outputs.items() if "kwic" in source or "hit" in source)
    assert "安全" in concordance
    assert len(outputs) == sum(text.startswith("code:") for text in _script().CELLS)

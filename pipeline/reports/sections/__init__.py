"""The sections of the report, one file each. A file has `ORDER` (place in the report) and `build(material)`."""

from __future__ import annotations

import importlib
import pkgutil

from pipeline.reports.blocks import Section
from pipeline.reports.material import Material


def build_sections(material: Material) -> list[Section]:
    """Every section of this folder that has something to show, by its ORDER, then name."""
    names = [info.name for info in pkgutil.iter_modules(__path__)]
    modules = [importlib.import_module(f"{__name__}.{name}") for name in sorted(names)]
    built = [module.build(material) for module in sorted(modules, key=lambda module: module.ORDER)]
    return [section for section in built if section.blocks]

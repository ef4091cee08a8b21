"""What is handed to Prefect and to Docker as documents names things that exist."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_deployments_name_a_flow_that_exists_and_its_parameters() -> None:
    import inspect

    from flows.watch import watch

    declared = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    assert [each["name"] for each in declared["deployments"]] == ["scheduled", "report"]
    for each in declared["deployments"]:
        assert each["entrypoint"] == f"{watch.fn.__module__}.{watch.fn.__name__}"
        assert set(each["parameters"]) <= set(inspect.signature(watch.fn).parameters)
        assert each["concurrency_limit"]["limit"] == 1, "the tables have one writer"


def test_the_image_copies_what_is_there() -> None:
    text = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
    sources = [name for line in re.findall(r"(?m)^COPY (.+)$", text) for name in line.split()[:-1]]
    assert sources and all((ROOT / name).exists() for name in sources)
    services = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"server", "worker", "deploy"}
    assert all(service["volumes"] == ["project:/project"] for service in services.values())

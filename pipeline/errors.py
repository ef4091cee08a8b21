"""Errors that tell a person what happened, where, and what to do next."""


class TifaError(Exception):
    """The run cannot go on.

    what: one sentence in plain words. where: file, table or option. todo: the next step.
    """

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        self.what, self.where, self.todo = what, where, todo
        super().__init__(what)

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        step = f" {self.todo}" if self.todo else ""
        return f"{self.what}{place}.{step}"


class UnknownLabel(TifaError):
    """A label that the codebook does not define."""


class KnowledgeError(TifaError):
    """A file under pipeline/knowledge/ breaks its own rules."""


class StoreError(TifaError):
    """The database cannot be opened, or a batch breaks an invariant of the tables."""


class SetAside(Exception):
    """One input cannot be used: it gets a `files` row with its reason, and the run goes on.

    reason: short code (`no_text`, `pdf_encrypted` …). detail: what was seen. hint: what a person can do.
    """

    def __init__(self, reason: str, detail: str = "", hint: str = "") -> None:
        self.reason, self.detail, self.hint = reason, detail, hint
        super().__init__(f"{reason}: {detail}")

    def __reduce__(self) -> tuple[type["SetAside"], tuple[str, str, str]]:
        return type(self), (self.reason, self.detail, self.hint)

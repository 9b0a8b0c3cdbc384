"""A lookup table beside a model: a table with one rule for each task number, learned along with the model."""

import numpy as np


class LookupTable:
    """`model` with a table of M rules; the answer is the model's plus (row of the prompt's number) · query.

    Parameters: one flat array, the model's and then the table's (M·d). A row can only have been written for
    a rule met in practice; a new rule that carries an old number is answered with somebody else's notes.
    """

    def __init__(self, model, tasks):
        if not (isinstance(tasks, int | np.integer) and tasks >= 1):
            raise ValueError(f"tasks must be a whole number, at least 1, got {tasks!r}")
        self.model, self.tasks, self.dimension, self.passes = model, int(tasks), model.dimension, model.passes
        self.shape = model.init(np.random.default_rng(0)).shape

    def init(self, rng, scale=0.02):
        """The model's start, and an empty table."""
        return np.concatenate([self.model.init(rng, scale).ravel(), np.zeros(self.tasks * self.dimension)])

    def split(self, parameters):
        """(the model's parameters, the table (M, d)) of the flat array."""
        size = int(np.prod(self.shape))
        return parameters[:size].reshape(self.shape), parameters[size:].reshape(self.tasks, self.dimension)

    def _rows(self, table, prompts):
        if not ((prompts.task >= 0) & (prompts.task < self.tasks)).all():
            raise ValueError(
                f"task numbers must be 0 to {self.tasks - 1} for a table of {self.tasks} rows, "
                f"got {prompts.task.min()} to {prompts.task.max()}"
            )
        return table[prompts.task]

    def answer(self, parameters, prompts, passes=None):
        """Answers to the queries, (B,)."""
        inner, table = self.split(parameters)
        return self.model.answer(inner, prompts, passes) + (self._rows(table, prompts) * prompts.query).sum(axis=1)

    def answers(self, parameters, prompts, passes=None, push=None):
        """Answers after 0, 1, ... passes of the model, (passes+1, B), the table's part included; push: of the model."""
        inner, table = self.split(parameters)
        row = (self._rows(table, prompts) * prompts.query).sum(axis=1)
        return self.model.answers(inner, prompts, passes, push) + row

    def sensitivity(self, parameters, prompts):
        """∂ŷ/∂x, (B, d): the model's, plus the row."""
        inner, table = self.split(parameters)
        return self.model.sensitivity(inner, prompts) + self._rows(table, prompts)

    def errors(self, parameters, prompts):
        """(answers less the truth (B,), gradient of half the mean squared error, flat)."""
        inner, table = self.split(parameters)
        left = prompts.answer - (self._rows(table, prompts) * prompts.query).sum(axis=1)
        error, gradient = self.model.errors(inner, prompts._replace(answer=left))
        rows = np.zeros_like(table)
        np.add.at(rows, prompts.task, error[:, None] * prompts.query / len(error))
        return error, np.concatenate([gradient.ravel(), rows.ravel()])

"""What several parts of one page or list ask for, fetched once while it is made."""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps

_answers = ContextVar("answers", default=None)


@contextmanager
def asking_once():
    """Let the functions marked with :func:`once` keep their answers as long as this lasts; also a decorator.

    For what only reads: what is changed meanwhile is not seen. Within another
    one the answers are shared.
    """
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once(asked):
    """Let a function that asks the database, whose arguments can be told apart, be asked once (:func:`asking_once`)."""

    @wraps(asked)
    def answer(*args):
        known = _answers.get()
        if known is None:
            return asked(*args)
        if (asked, args) not in known:
            known[asked, args] = asked(*args)
        return known[asked, args]

    return answer

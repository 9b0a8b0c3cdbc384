"""The build's runs of the pages, each kept under the key of what it depended on.

While a page runs, its kernel records every file of the project that it reads and every folder that it lists
(`recorder.py`). These, the page's own name and text, Python's version, the requirements and how pages are run make the
page's key (:func:`page_key`). Outputs stand in jupyter-cache under that key, beside the names of what was read: a page
is run again exactly if its key, computed from those names anew, is not the one its outputs are cached under.

MyST-NB looks outputs up by itself, by a page's code cells and kernelspec. So the key stands as the kernel's display
name in the cached notebook, and :meth:`Runs.sign` puts it into the text that MyST-NB reads: two pages of the same code
cannot find each other's outputs, nor a page its own of another day.
"""

import asyncio
import hashlib
import importlib.util
import json
import os
import sys
import tempfile
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from sphinx.errors import ExtensionError

from .pages import located, looked_at, signed

PACKAGE = Path(__file__).parents[3]  # the folder with pyproject.toml
RECORDER = Path(__file__).with_name("recorder.py")

# What a kernel of the build sees: pages are drawn for readers without a kernel, and a page is
# executed on one core whatever the machine, so that its stated seconds mean something.
KERNEL_ENVIRONMENT = {
    "THIRD_OPTIMIZER_STATIC": "1",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

# --- what a page depended on ---------------------------------------------------------------------------


def ignored(part):
    """Is a file or folder of this name none of a page's matter: hidden, or made by a tool?"""
    return part.startswith(".") or part in {"__pycache__", "_build"} or part.endswith(".egg-info")


def state(path):
    """What `path` holds now: a digest of a file or of the names in a folder, None if it is not there."""
    if path.is_dir():
        names = sorted(name for name in os.listdir(path) if not ignored(name))
        return hashlib.sha256("\n".join(names).encode()).hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def recorded(record, root):
    """What the file `record` says a page read, as sorted paths relative to `root`; bytecode counts as its source."""
    found = set()
    for path in record.read_text("utf8", "surrogateescape").splitlines():
        if path.endswith(".pyc"):
            path = importlib.util.source_from_cache(path)
        for above in (root, PACKAGE):
            if Path(path).is_relative_to(above):
                if not any(ignored(part) for part in Path(path).relative_to(above).parts):
                    found.add(os.path.relpath(path, root))
                break
    return sorted(found)


def changed_since(path, moment):
    """Was `path` written or replaced after `moment` (as time.time())? The clock of files lags by some milliseconds."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return max(found.st_mtime, found.st_ctime) > moment - 0.02


def page_key(root, name, text, read, began=None):
    """The key under which the outputs of page `name` with this `text` are valid, if it read the paths `read` of `root`.

    began: when the run began, at its end. What was changed since may not be what the page saw, so the key is one that
    is never found again.
    """
    root = Path(root)
    fixed = [name, text, sys.version, state(root / "requirements.txt"), KERNEL_ENVIRONMENT, state(RECORDER)]
    states = {
        path: "changed meanwhile" if began and changed_since(root / path, began) else state(root / path)
        for path in read
    }
    return hashlib.sha256(json.dumps([fixed, states], sort_keys=True).encode()).hexdigest()


# --- running ---------------------------------------------------------------------------------------------


def kernel_environment():
    """The variables a kernel of the build is given: this process's, less what would hide what a page imports."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPYCACHEPREFIX"} | KERNEL_ENVIRONMENT


async def run(notebook, folder, root, timeout):
    """Execute `notebook` (in place) in `folder`, `timeout` seconds a cell: (seconds, when it began, what it read).

    Cancelled, it ends the kernel at once."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as outside:
        record = Path(outside) / "record"
        given = {"RECORD": str(record), "ROOTS": [str(root), str(PACKAGE)]}
        began, started = time.time(), time.perf_counter()
        client = NotebookClient(
            notebook,
            timeout=timeout,
            kernel_name=notebook.metadata.kernelspec.name,
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            extra_arguments=[
                "--log-level=40",  # a kernel on this machine's loopback warns of eavesdroppers
                f"--ipython-dir={outside}",  # nobody's own profile
                "--IPKernelApp.exec_PYTHONSTARTUP=False",
                f"--IPKernelApp.exec_lines=__import__('runpy').run_path({str(RECORDER)!r}, {given!r}, '__main__')",
            ],
        )
        work = asyncio.ensure_future(client.async_execute(env=kernel_environment()))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            client.shutdown_kernel = "immediate"
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            if client.km and client.km.has_kernel:  # it was starting
                await client.km.shutdown_kernel(now=True)
            raise
        return time.perf_counter() - started, began, recorded(record, root)


def run_each(works, at_once, keep):
    """Run `works`, {name: function that gives a coroutine}, `at_once` at a time; keep(name, what came of it) is called
    as each is done, with the exception of one that failed. On Ctrl-C what runs is cancelled and nothing more begins;
    what is done is kept."""
    done, runner = SimpleQueue(), asyncio.Runner()

    async def all_of_them():
        limit = asyncio.Semaphore(at_once)

        async def one(name, work):
            async with limit:
                try:
                    came = await work()
                except Exception as problem:
                    came = problem
            done.put((name, came))

        # With return_exceptions it waits, when it is cancelled, until each has ended its kernel.
        await asyncio.gather(*(one(name, work) for name, work in works.items()), return_exceptions=True)

    loop = runner.get_loop()
    task = loop.create_task(all_of_them())

    def run_loop():
        try:
            with suppress(asyncio.CancelledError), runner:
                loop.run_until_complete(task)
        finally:
            done.put(None)

    def keep_all():
        while (found := done.get()) is not None:
            keep(*found)

    # Not in the main thread: there nbclient puts in an answer to Ctrl-C of its own, for one kernel of several.
    threading.Thread(target=run_loop, daemon=True).start()
    try:
        keep_all()
    except BaseException:
        with suppress(RuntimeError):  # the loop is closed: all is done
            loop.call_soon_threadsafe(task.cancel)
        keep_all()
        raise


class Runs:
    """The runs of one build."""

    def __init__(self):
        self.keys = {}  # document -> (text it was run with, key)

    def execute_pages(self, app):
        """Run every notebook of the contents whose key is not that of its cached outputs, several at once.

        ExtensionError names each page that cannot run or has failed; what ran well is kept."""
        from jupyter_cache import get_cache
        from jupyter_cache.base import CacheBundleIn
        from jupyter_client.kernelspec import KernelSpecManager
        from myst_nb.core.read import create_nb_reader
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
        from tqdm import tqdm

        root, config = Path(app.srcdir).resolve(), app.env.mystnb_config
        cache = get_cache(config.execution_cache_path)
        records = {record.uri: record for record in cache.list_cache_records()}
        kernels, suffixes = set(KernelSpecManager().find_kernel_specs()), list(app.config.source_suffix)

        stale, failed = {}, []
        for named in app.config.external_site_map:
            page = located(root, named, suffixes)
            if page is None:
                failed.append(f"{named}: _toc.yml names it, but there is no such file: make it, or take out the line")
                continue
            document, text = page.relative_to(root).with_suffix("").as_posix(), page.read_text("utf8")
            reader = create_nb_reader(str(page), app.env.myst_config, config, text)
            notebook, faults = looked_at(page, text, reader, kernels)
            failed += [f"{page.relative_to(root)}: {fault}" for fault in faults]
            if notebook is None or faults:
                continue
            record = records.get(document)
            if record and record.data["key"] == page_key(root, document, text, record.data["read"]):
                self.keys[document] = text, record.data["key"]
            else:
                stale[document] = page, text, notebook

        def keep(document, came):
            bar.update()
            page, text, notebook = stale[document]
            if isinstance(came, (CellExecutionError, CellTimeoutError, DeadKernelError)):
                failed.append(f"{page.relative_to(root)}: {type(came).__name__}: {came}")
                return
            if isinstance(came, Exception):
                raise came
            seconds, began, read = came
            key = page_key(root, document, text, read, began)
            notebook.metadata.kernelspec.display_name = key
            if document in records:
                cache.remove_cache(records[document].pk)
            cache.cache_notebook_bundle(
                CacheBundleIn(notebook, document, data={"execution_seconds": seconds, "key": key, "read": read}),
                check_validity=False,
                overwrite=True,
            )
            self.keys[document] = text, key

        if stale:
            with tqdm(desc="executing notebooks", total=len(stale), unit="page") as bar:
                run_each(
                    {
                        document: partial(run, notebook, page.parent, root, config.execution_timeout)
                        for document, (page, _, notebook) in stale.items()
                    },
                    os.cpu_count() or 1,  # each kernel is a process of its own
                    keep,
                )
        if failed:
            raise ExtensionError("what ran well is kept; mend this and build again:\n\n" + "\n\n".join(failed))

    def sign(self, app, document, source):
        """Sphinx has read a page's text: put the key of its outputs in, for MyST-NB."""
        if document not in self.keys:
            return
        text, key = self.keys[document]
        if source[0] != text:
            raise ExtensionError(f"{document} was changed while the book was being built: build it again")
        source[0] = signed(text, key)

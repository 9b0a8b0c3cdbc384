"""What a page reads while the build runs it.

`execution.py` runs this file by its path in the kernel, before the page's first cell: it imports nothing of the
package, so that the package's own modules are recorded like everything else. RECORD, a file, gets one line for each
file that is opened for reading and each folder that is listed below one of ROOTS: the absolute path.
"""

import os
import sys


def hook(record, roots):
    """The audit hook. A module's source is not opened if its bytecode is there: then that is the line."""
    out = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    roots = tuple(os.path.join(root, "") for root in roots)
    seen, os_, frame = set(), os, sys._getframe

    def note(event, args):
        if event == "open":
            path, mode, flags = args
            reads = not set("wax+") & set(mode) if mode else not flags & (os_.O_WRONLY | os_.O_RDWR)
        elif event in {"os.listdir", "os.scandir"}:
            path = "." if args[0] is None else args[0]
            reads = "importlib" not in frame(1).f_code.co_filename  # which looks for modules
        else:
            return
        if not reads or isinstance(path, int):
            return
        line = os_.path.abspath(os_.fsdecode(path)) + "\n"
        if line not in seen and (line.startswith(roots) or line[:-1] + os_.sep in roots):
            seen.add(line)
            os_.write(out, os_.fsencode(line))

    return note


if __name__ == "__main__":
    sys.addaudithook(hook(RECORD, ROOTS))  # noqa: F821 (runpy's init_globals)

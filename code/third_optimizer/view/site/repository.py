"""Where the project is kept, and the addresses of a page that follow from it."""

from urllib.parse import quote, urlsplit

# Where a host shows a file of a repository, below the repository's address.
SHOWN = {
    "github.com": "blob/{branch}/{page}",
    "gitlab.com": "-/blob/{branch}/{page}",
    "codeberg.org": "src/branch/{branch}/{page}",
    "bitbucket.org": "src/{branch}/{page}",
}
BINDER = "https://mybinder.org/v2"


def repository_links(config, page):
    """Addresses that exist only once `repository: url:` is set in `_config.yml`; empty if it is no address on the web.

    Returns a dict: `repository`, `binder` (the page, the path of its file, in Lab) and, on the hosts in SHOWN, `source`
    (the page on the host).
    """
    options = config.html_theme_options
    written, branch = options.get("repository_url", "").rstrip("/"), options.get("repository_branch") or "main"
    url = written.removesuffix(".git")
    scheme, host, name = urlsplit(url)[:3]
    name = name.strip("/")
    if scheme not in {"http", "https"} or not host or not name:
        return {}
    # Binder's forms: of GitHub and GitLab the name, else the whole address of whatever git can clone.
    kept = {"github.com": f"gh/{quote(name)}", "gitlab.com": f"gl/{quote(name, safe='')}"}
    kept = kept.get(host, f"git/{quote(written, safe='')}")
    found = {
        "repository": url,
        "binder": f"{BINDER}/{kept}/{quote(branch, safe='')}?urlpath={quote(f'lab/tree/{page}')}",
    }
    if host in SHOWN:
        found["source"] = f"{url}/{SHOWN[host].format(branch=quote(branch), page=quote(page))}"
    return found

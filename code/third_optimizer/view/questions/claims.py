"""Claims and their cards. A claim stands under `claims` in the YAML file of each chapter that measures it."""

from pathlib import Path

import yaml

from ..component import html
from .texts import plain, render

CLAIM_FIELDS = ("statement", "status", "measured", "rival", "control", "limit", "change", "test")
CLAIM_STATUS = {"T": "read in the text", "M": "measured in toys", "A": "arguable only"}


def claims_of(file):
    """What one chapter's YAML file claims: id -> dict with CLAIM_FIELDS. ValueError if a field is missing."""
    claims = yaml.safe_load(Path(file).read_text("utf8")).get("claims") or {}
    for id, claim in claims.items():
        missing = [field for field in CLAIM_FIELDS if not claim.get(field)]
        if missing:
            raise ValueError(f"claim {id} lacks {', '.join(missing)}; every claim has {', '.join(CLAIM_FIELDS)}")
        if claim["status"] not in CLAIM_STATUS:
            raise ValueError(f"claim {id}: status {claim['status']!r} is not one of {', '.join(CLAIM_STATUS)}")
    return claims


def read_claims(folder):
    """The registry: what all YAML files in `folder` claim, as claims_of says; {(chapter, id): claim}. Several chapters
    may bear on one claim, each with what it measured."""
    return {
        (file.stem, id): claim for file in sorted(Path(folder).glob("*.yml")) for id, claim in claims_of(file).items()
    }


def claim_card(id, file, **numbers):
    """The card of claim `id` in a chapter's YAML `file`; `numbers` fill its placeholders. A page shows its own claims:
    it does not read the other chapters' files, and so need not run again when one of them changes."""
    claims = claims_of(file)
    if id not in claims:
        raise ValueError(f"claim {id!r} is not in {Path(file).name}; there: {', '.join(claims) or 'none'}")
    claim = claims[id]
    rows = [
        ("Measured" if claim["status"] == "M" else "Evidence", claim["measured"]),
        ("Rival explanation", claim["rival"]),
        ("What tells them apart", claim["control"]),
        ("What this does not show", claim["limit"]),
        ("What would change our mind", claim["change"]),
    ]
    terms = "".join(f"<dt>{name}</dt><dd>{render(text, numbers)}</dd>" for name, text in rows)
    statement = render(claim["statement"], numbers)
    return html(
        f'<aside class="t3-claim" id="claim-{id}" aria-label="Claim {id}">'
        f'<p class="t3-claim-id">Claim {id} · {CLAIM_STATUS[claim["status"]]}</p>'
        f'<p class="t3-claim-statement">{statement}</p><dl>{terms}</dl></aside>',
        text=plain(statement),
    )

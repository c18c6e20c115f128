"""Pages of HTML through axe-core in a browser without a window: `make axe`.

    python tests/accessibility/axe.py FILE…

Without files it makes the demo's reports in both languages first. Each page is looked at as wide as
a screen and as narrow as a phone. The browser is Chromium (the variable CHROMIUM names another),
axe-core is what `make axe` put into `.axe/`. Ends with 1 if axe finds anything wrong.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / ".axe" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = ("1280,1000", "390,844")
REPORTS = ("interim", "monthly", "personnel", "production", "internal-control")
RUN = """
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
                             "best-practice"]}).then(found => {
  const told = document.createElement("pre");
  told.id = "axe-found";
  told.textContent = JSON.stringify({passes: found.passes.length,
    violations: found.violations.map(v => ({id: v.id, impact: v.impact, help: v.help,
      nodes: v.nodes.map(n => n.html.slice(0, 160))}))});
  document.body.append(told);
});
"""


def browser() -> str:
    """The browser's program; a message and exit 2 without one."""
    wanted = os.environ.get("CHROMIUM", "chromium")
    if not (found := shutil.which(wanted) or shutil.which("chromium-browser")):
        sys.exit(f"There is no program {wanted!r}; name one in CHROMIUM.")
    return found


def looked_at(page: Path, size: str) -> dict[str, Any]:
    """What axe finds on the page in a window of that size."""
    scripts = f"<script>{AXE.read_text('utf-8')}</script><script>{RUN}</script>"
    whole = page.read_text("utf-8").replace("</body>", f"{scripts}</body>")
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "page.html"
        prepared.write_text(whole, "utf-8")
        done = subprocess.run(
            [browser(), "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={size}",
             f"--user-data-dir={folder}/profile", "--virtual-time-budget=120000", "--dump-dom",
             prepared.as_uri()],
            capture_output=True, text=True, encoding="utf-8", check=True,
        )  # fmt: skip
    told = re.search(r'<pre id="axe-found">(.*?)</pre>', done.stdout, re.S)
    if told is None:
        sys.exit(f"axe gave no answer for {page}.")
    found: dict[str, Any] = json.loads(html.unescape(told.group(1)))
    return found


def demo(folder: Path) -> list[Path]:
    """The demo's reports as pages, in Swedish and English."""
    ledger = [sys.executable, "-m", "cli.main"]
    run = {"cwd": ROOT, "check": True, "capture_output": True}
    subprocess.run([*ledger, "demo", str(folder / "demo")], **run)  # type: ignore[call-overload]
    store = ["--store", str(folder / "demo" / "ledger.db"), "--unit", "60"]
    for lang in ("sv", "en"):
        for name in REPORTS:
            out = ["--to", "html", "-o", str(folder / lang), "--lang", lang]
            subprocess.run([*ledger, "report", name, *store, *out], **run)  # type: ignore[call-overload]
    return sorted(folder.glob("*/*.html"))


def main(pages: list[Path]) -> int:
    """Look at each page; say what is wrong; give the exit code."""
    wrong = 0
    for page in pages:
        for size in SIZES:
            found = looked_at(page, size)
            name = f"{page.parent.name}/{page.name} at {size.partition(',')[0]}"
            print(f"{name}: {found['passes']} rules pass, {len(found['violations'])} fail")
            for each in found["violations"]:
                wrong += 1
                print(f"  [{each['id']}] {each['impact']}: {each['help']}")
                for node in each["nodes"][:5]:
                    print(f"    {node}")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main([Path(name) for name in sys.argv[1:]]))
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(demo(Path(made))))

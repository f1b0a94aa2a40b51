#!/usr/bin/python3
"""Checks what the documents say against the checkout.

    tools/docs.py [LEVERET]

Links lead somewhere and commands of ./dev exist. With the binary given, docs/settings.md must be
what it prints for `--help-settings=markdown`.
"""

import pathlib
import re
import subprocess
import sys

SKIPPED = {'build', '.git', 'node_modules'}
LINK = re.compile(r'\]\(([^)\s]+)\)')
COMMAND = re.compile(r'(?<!\S)`?\./dev ([a-z]+)')


def documents(root):
    found = root.rglob('*.md')
    return sorted(p for p in found if not SKIPPED & set(p.relative_to(root).parts)
                  and not any(part.startswith('build-') for part in p.relative_to(root).parts))


def anchors(text):
    """The anchors of a document's headings, as they are commonly made."""
    headings = re.findall(r'^#+ (.*)$', text, re.MULTILINE)
    return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-') for heading in headings}


def check_link(path, target):
    if re.match(r'[a-z]+:', target):
        return None
    name, _, anchor = target.partition('#')
    file = (path.parent / name) if name else path
    if not file.exists():
        return 'a link to nothing: ' + target
    if anchor and file.suffix == '.md' and anchor not in anchors(file.read_text()):
        return 'a link to a heading that is not there: ' + target
    return None


def check_document(path, commands):
    for n, line in enumerate(path.read_text().split('\n'), 1):
        for target in LINK.findall(line):
            problem = check_link(path, target)
            if problem:
                yield n, problem
        for command in COMMAND.findall(line):
            if command not in commands:
                yield n, './dev has no command ' + command


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    commands = set(re.findall(r'^    ([a-z]+)(?: \|[^)]*)?\)$', (root / 'dev').read_text(),
                              re.MULTILINE))
    errors = []
    paths = documents(root)
    for path in paths:
        errors += ['%s:%d: %s' % (path.relative_to(root), n, text)
                   for n, text in check_document(path, commands)]
    if len(sys.argv) > 1:
        run = subprocess.run([sys.argv[1], '--help-settings=markdown'], capture_output=True,
                             text=True, check=True)
        settings = root / 'docs' / 'settings.md'
        if not settings.exists() or settings.read_text() != run.stdout:
            errors.append('docs/settings.md: is not what `leveret --help-settings=markdown` prints')
    print('\n'.join(errors + ['docs: %d documents, %d errors' % (len(paths), len(errors))]))
    return 1 if errors or not paths else 0


if __name__ == '__main__':
    sys.exit(main())

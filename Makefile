# Everything starts from a fresh clone with python3, git and make. What each target does: README.md.
PORT ?= 8000
DATA_DIR ?= .donnees
# One more than the two cores: a test that waits for its browser or its server leaves its core to another.
PROCESSUS ?= 3
ARGS ?=
PYTHON := .venv/bin/python
# A file to a process at a time, in the order of the collection (tests/conftest.py): the longest first.
PARTAGE := -n $(PROCESSUS) --dist loadfile --no-loadscope-reorder

export PORT DATA_DIR

.PHONY: demo test preuves quality guide bench amorce amorce-essais

demo:
	@exec python3 outils/amorce.py demo -m ess_portal.socle.embarque

test: amorce-essais
	@$(PYTHON) -m pytest $(PARTAGE) $(ARGS)

preuves: amorce-essais
	@PREUVES=entieres $(PYTHON) -m pytest -m preuve $(PARTAGE) $(ARGS)

guide: amorce-essais
	@GUIDE=refaire $(PYTHON) -m pytest -n 0 tests/indicateurs/test_demonstration.py -k tous_les_etats

quality: amorce-essais
	@sh outils/qualite.sh

bench: amorce-essais
	@$(PYTHON) -m bench $(ARGS)

amorce:
	@python3 outils/amorce.py demo

amorce-essais:
	@python3 outils/amorce.py essais

"""An archive that is too large for one run: a plan of its volumes, each of which any machine can make.

plan.py      inputs -> a file of jobs, one a volume
reading.py   the files of the inputs, read by several processes
heads.py     files -> the heads of their articles
jobfile.py   a job as a line of JSON
make.py      a job -> its volume
run.py       a file of jobs -> the volumes that are not there yet, made here or by an engine
cluster.py   an engine: the volumes are made on other machines
ledger.py    the file that says what was made
"""

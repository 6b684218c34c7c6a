"""`make bench`: what the pages, the scan and the documents cost, each beside a floor measured in the same run."""

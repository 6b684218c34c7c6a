"""The portal's electronic seal (PAdES): its key, how it is put on a contract, what a sealed file says when it is read back.

pyHanko is heavy: only `cles`, `apposer` and the reading child load it; the web never does.
"""

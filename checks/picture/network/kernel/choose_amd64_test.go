package kernel

// eachSet runs f with every set of instructions that this machine has.
func eachSet(f func(name string)) {
	defer choose(best)
	for s, name := range []string{"plain", "avx2", "avx512"} {
		if set(s) <= best {
			choose(set(s))
			f(name)
		}
	}
}

// onPlain runs f with plain Go.
func onPlain(f func()) {
	defer choose(chosen)
	choose(plain)
	f()
}

func choose(s set) { chosen, vectors = s, s >= avx2 }

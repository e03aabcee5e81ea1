package reading

import (
	"context"
	"fmt"
	"sync"

	"dossier/checks/picture/network"
	"dossier/checks/picture/reading/models"
)

// A part is one of the networks: loaded at its first use, with the sessions that are not in use.
// The garbage collector takes sessions that lie idle.
type part struct {
	file     models.File
	threads  int // for large pictures
	once     sync.Once
	network  *network.Network
	err      error
	sessions sync.Pool
}

func (p *part) load() (*network.Network, error) {
	p.once.Do(func() {
		var data []byte
		if data, p.err = p.file.Read(); p.err == nil {
			p.network, p.err = network.Load(data)
		}
	})
	return p.network, p.err
}

// A machine is the three networks and the dictionary. There is one in the program.
type machine struct {
	detection, direction, recognition part
	words                             func() (dictionary, error)
	detecting                         chan struct{} // holds one while a detection runs
	recognising                       chan struct{} // holds one for each line being read
}

var theMachine = &machine{
	detection:   part{file: models.Detection, threads: readers()},
	direction:   part{file: models.Direction},
	recognition: part{file: models.Recognition},
	words: sync.OnceValues(func() (dictionary, error) {
		data, err := models.Dictionary.Read()
		if err != nil {
			return nil, err
		}
		return readDictionary(data)
	}),
	detecting:   make(chan struct{}, 1),
	recognising: make(chan struct{}, readers()),
}

// enter takes one of the places of a room, waiting for it if all are taken, and returns the way out.
func enter(ctx context.Context, room chan struct{}) (leave func(), err error) {
	select {
	case room <- struct{}{}:
		return func() { <-room }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// run computes one of the networks for a picture and hands the result to use, which must not keep
// it; want is the number of values that it will read.
func (m *machine) run(ctx context.Context, p *part, height, width int, pixels []float32, want int, use func(values []float32)) error {
	n, err := p.load()
	if err != nil {
		return err
	}
	s, ok := p.sessions.Get().(*network.Session)
	if !ok {
		s = n.NewSession()
		s.Threads = p.threads
	}
	defer p.sessions.Put(s)
	out, err := s.RunPicture(ctx, height, width, pixels)
	if err != nil {
		return err
	}
	if len(out.Data) != want {
		return fmt.Errorf("model %s gave %d values, want %d", p.file.Name, len(out.Data), want)
	}
	use(out.Data)
	return nil
}

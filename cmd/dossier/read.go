package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/reading"
	"dossier/pipeline/durable"
)

func (p *program) readCommand() *cobra.Command {
	var o readOptions
	c := &cobra.Command{
		Use:   "read FILE",
		Short: p.say("Print the text of a picture, with its places", "读出图片中的文字及其位置"),
		Long: p.say(`Reads the text of a picture and prints it line by line, from top to bottom: the confidence, the box
[x, y, width, height] in pixels of the upright picture, and the text. Nothing leaves this machine.
--json prints one JSON object (schema dossier.text/1) with every character, its confidence and what
else it could be. What is under a red chop is read through the red channel as well.`,
			`读出图片中的文字，自上而下逐行输出：置信度、在端正图片中的位置 [x, y, 宽, 高]（像素）和文字。
所有数据都留在本机。--json 输出一个 JSON 对象（dossier.text/1），含每个字符的置信度和备选字。
红色印章下的文字会再用红色通道读取一遍。`),
		Example: "  dossier read 营业执照.jpg\n  dossier read --json --overlay seen.png licence.jpg",
		Args:    wants(1, 1, checks.Text{En: "read takes the name of one file", Zh: "read 需要一个文件名"}),
		RunE:    func(c *cobra.Command, args []string) error { return p.read(c.Context(), args[0], o) },
	}
	c.Flags().BoolVar(&o.json, "json", false, p.say("print one JSON object", "输出一个 JSON 对象"))
	c.Flags().StringVar(&o.overlay, "overlay", "", p.say("write a PNG picture with the lines marked under this name", "把标出各行的图片（PNG）写入此文件"))
	return c
}

type readOptions struct {
	json    bool
	overlay string
}

func (p *program) read(ctx context.Context, path string, o readOptions) error {
	s, err := readSubject(path)
	if err != nil {
		return err
	}
	page, err := reading.Text.Of(ctx, s)
	if why, skipped := checks.SkipReason(err); skipped {
		return &problem{code: exitFault, what: checks.Textf("%[1]s was not read: %[2]s", "%[1]s 未能读取：%[3]s", visible(path), why.En, why.Zh),
			hint: checks.Textf("`dossier check %s` says what is wrong with the file", "`dossier check %s` 可查看文件的问题", visible(path))}
	}
	if err != nil {
		return err
	}
	if o.overlay != "" {
		if err := p.drawLines(ctx, s, page, o.overlay); err != nil {
			return err
		}
	}
	if o.json {
		encoder := json.NewEncoder(p.out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(struct {
			Schema string `json:"schema"`
			Path   string `json:"path"`
			SHA256 string `json:"sha256"`
			*reading.Page
		}{"dossier.text/1", path, s.SHA256, page})
	}
	if len(page.Lines) == 0 {
		p.tell("no text was found in %s", "%s 中没有找到文字", visible(path))
	}
	for _, l := range page.Lines {
		box := fmt.Sprintf("[%d, %d, %d, %d]", l.Box.X, l.Box.Y, l.Box.Width, l.Box.Height)
		fmt.Fprintf(p.out, "%.2f  %s  %s\n", l.Confidence, runewidth.FillRight(box, 24), visible(l.Text))
	}
	return nil
}

// drawLines writes the upright picture with every line framed: green where it was read surely,
// amber where not, red where hardly.
func (p *program) drawLines(ctx context.Context, s *checks.Subject, page *reading.Page, path string) error {
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return err
	}
	b := picture.Image.Bounds()
	canvas := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(canvas, canvas.Bounds(), picture.Image, b.Min, draw.Src)
	for _, l := range page.Lines {
		ink := color.RGBA{200, 30, 30, 255}
		switch {
		case l.Confidence >= 0.9:
			ink = color.RGBA{20, 150, 60, 255}
		case l.Confidence >= 0.7:
			ink = color.RGBA{225, 140, 0, 255}
		}
		for i := range l.Quad {
			stroke(canvas, l.Quad[i], l.Quad[(i+1)%4], max(1, b.Dx()/900), ink)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		return err
	}
	if err := durable.WriteFile(path, out.Bytes(), 0o600); err != nil {
		return &problem{code: exitFault, what: checks.Textf("cannot write %s", "无法写入 %s", visible(path)), err: err,
			hint: checks.Text{En: "check the folder and the permissions", Zh: "请检查文件夹和写入权限"}}
	}
	return nil
}

// stroke draws a line of that many pixels' width.
func stroke(m *image.RGBA, from, to reading.Point, width int, ink color.RGBA) {
	n := int(max(math.Abs(to.X-from.X), math.Abs(to.Y-from.Y))) + 1
	for i := range n + 1 {
		f := float64(i) / float64(n)
		x, y := int(from.X+f*(to.X-from.X)), int(from.Y+f*(to.Y-from.Y))
		for v := range width {
			for u := range width {
				if at := image.Pt(x+u-width/2, y+v-width/2); at.In(m.Rect) {
					m.SetRGBA(at.X, at.Y, ink)
				}
			}
		}
	}
}

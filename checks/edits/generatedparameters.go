package edits

import (
	"regexp"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/metadata"
)

// What the interfaces of Stable Diffusion write behind the prompt: "Steps: 20, Sampler: Euler a, CFG
// scale: 7, Seed: 123, Size: 512x512". Each has its number, so that prose does not fit.
var diffusionKeys = []struct {
	name string
	form *regexp.Regexp
}{
	{"Steps", regexp.MustCompile(`\bSteps:\s*\d{1,4}\b`)},
	{"Sampler", regexp.MustCompile(`\bSampler:\s*\S`)},
	{"CFG scale", regexp.MustCompile(`\bCFG scale:\s*\d`)},
	{"Seed", regexp.MustCompile(`\bSeed:\s*\d{1,20}\b`)},
	{"Size", regexp.MustCompile(`\bSize:\s*\d{2,5}x\d{2,5}\b`)},
	{"Model hash", regexp.MustCompile(`\bModel hash:\s*[0-9a-fA-F]{6,64}\b`)},
	{"Denoising strength", regexp.MustCompile(`\bDenoising strength:\s*[0-9.]`)},
	{"Negative prompt", regexp.MustCompile(`\bNegative prompt:`)},
}

// fewestKeys is how many of them must stand together. A description of a machine may well speak of
// "Steps: 3" or "Size: 20x30"; the interfaces write at least five.
const fewestKeys = 3

// A jsonShape is a set of keys that one program's record holds, all of them.
type jsonShape struct {
	name string
	keys []string
}

var jsonShapes = []jsonShape{
	{"ComfyUI", []string{`"class_type"`, `"inputs"`}},
	{"ComfyUI", []string{`"last_node_id"`, `"last_link_id"`, `"nodes"`}},
	{"InvokeAI", []string{`"positive_prompt"`, `"generation_mode"`}},
	{"InvokeAI", []string{`"app_id"`, `"invoke-ai/invokeai"`}},
	{"SwarmUI", []string{`"sui_image_params"`}},
	{"Fooocus", []string{`"metadata_scheme"`, `"guidance_scale"`}},
	{"NovelAI", []string{`"steps"`, `"sampler"`, `"uc"`}},
	{"Stable Diffusion", []string{`"sampler"`, `"seed"`, `"steps"`}},
	{"Stable Diffusion", []string{`"negative_prompt"`, `"seed"`}},
	{"Stable Diffusion", []string{`"num_inference_steps"`, `"guidance_scale"`}},
}

// Midjourney puts the prompt with its switches and the number of the job into the description.
var (
	midjourneyJob      = regexp.MustCompile(`(?i)\bJob ID:\s*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
	midjourneyAspect   = regexp.MustCompile(`\s--(ar|aspect) \d{1,3}:\d{1,3}\b`)
	midjourneySwitches = regexp.MustCompile(`\s--(v \d+(\.\d+)?|niji( \d+)?|stylize \d+|s \d+|chaos \d+|c \d+|q [0-9.]+|quality [0-9.]+|style raw|seed \d+|iw [0-9.]+|weird \d+)\b`)
)

// readParameters says what in text a generator of pictures wrote, if one did.
func readParameters(text string) (what checks.Text, ok bool) {
	text = unquote(text)
	var keys []string
	for _, k := range diffusionKeys {
		// Most texts hold none of these words, and finding that out is cheap.
		if strings.Contains(text, k.name+":") && k.form.MatchString(text) {
			keys = append(keys, k.name)
		}
	}
	if len(keys) >= fewestKeys {
		list := strings.Join(keys, ", ")
		return checks.Text{En: "parameters of Stable Diffusion (" + list + ")", Zh: "Stable Diffusion 参数（" + list + "）"}, true
	}
	if strings.Contains(text, "{") {
		for _, s := range jsonShapes {
			if holdsAll(text, s.keys) {
				return checks.Text{En: "a record of " + s.name, Zh: s.name + " 的生成记录"}, true
			}
		}
	}
	if !strings.Contains(text, " --") {
		return checks.Text{}, false
	}
	job, aspect, switches := midjourneyJob.MatchString(text), midjourneyAspect.MatchString(text), midjourneySwitches.MatchString(text)
	if job && (aspect || switches) || aspect && switches {
		return checks.Text{En: "a prompt of Midjourney with its switches", Zh: "带参数开关的 Midjourney 提示词"}, true
	}
	return checks.Text{}, false
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// generators are the programs and services that name themselves as a picture's writer. Only
// unmistakable names: "Leonardo" is a person, "Flux" a lamp and "imagen" a Spanish word.
var generators = []struct {
	name  string
	words []string
}{
	{"Stable Diffusion", []string{"stable diffusion", "stable-diffusion", "stablediffusion", "dreamstudio", "automatic1111", "easy diffusion"}},
	{"Midjourney", []string{"midjourney"}},
	{"DALL·E", []string{"dall·e", "dall-e", "dalle2", "dalle3", "dalle-3"}},
	{"OpenAI", []string{"gpt-image", "gpt-4o", "openai-api", "openai api", "openai"}},
	{"Adobe Firefly", []string{"adobe firefly", "firefly image"}},
	{"Google Imagen", []string{"google imagen", "google generative ai", "google c2pa core generator library", "imagefx", "nano banana"}},
	{"Bing Image Creator", []string{"bing image creator", "image creator from designer", "microsoft responsible ai"}},
	{"ComfyUI", []string{"comfyui"}},
	{"InvokeAI", []string{"invokeai"}},
	{"Fooocus", []string{"fooocus"}},
	{"NovelAI", []string{"novelai"}},
	{"SwarmUI", []string{"swarmui", "stableswarmui"}},
	{"Leonardo.Ai", []string{"leonardo.ai"}},
	{"Ideogram", []string{"ideogram ai", "ideogram.ai"}},
	{"NightCafe", []string{"nightcafe"}},
	{"Recraft", []string{"recraft"}},
	{"FLUX", []string{"black forest labs", "flux.1", "flux1-dev", "flux1-schnell"}},
	{"SeaArt", []string{"seaart"}},
	{"LiblibAI", []string{"liblibai", "liblib", "哩布哩布"}},
	{"即梦 (Dreamina)", []string{"即梦", "jimeng", "dreamina", "seedream"}},
	{"可灵 (Kling)", []string{"可灵", "kling ai", "klingai"}},
	{"豆包", []string{"豆包", "doubao"}},
	{"文心一格", []string{"文心一格", "yige.baidu", "ernie-vilg"}},
	{"通义万相", []string{"通义万相", "tongyi wanxiang", "wanx"}},
	{"腾讯混元", []string{"混元生图", "腾讯混元", "hunyuan"}},
	{"CogView", []string{"cogview"}},
	{"奇域", []string{"奇域"}},
}

// generatorIn returns the generator that a value of a field for programs' names holds.
func generatorIn(s string) (string, bool) {
	s = strings.ToLower(s)
	for _, g := range generators {
		for _, w := range g.words {
			if (word{text: w}).in(s) >= 0 {
				return g.name, true
			}
		}
	}
	return "", false
}

// namesItsWriter reports whether a field is meant for the name of the program that wrote the file,
// or is one that generators are known to put theirs into.
func namesItsWriter(f metadata.Field) bool {
	switch f.Source {
	case metadata.EXIF:
		switch f.Name {
		case "Software", "ProcessingSoftware", "ImageEditor", "ImageEditingSoftware", "RAWDevelopingSoftware", "HostComputer", "Make", "Model", "Artist":
			return true
		}
	case metadata.XMP:
		last := f.Name[strings.LastIndex(f.Name, "/")+1:]
		switch last {
		case "CreatorTool", "softwareAgent", "Software", "AISystemUsed", "AISystemVersionUsed", "Make", "Model":
			return true
		}
		return f.Name == "creator"
	case metadata.IPTC:
		switch f.Name {
		case "OriginatingProgram", "Originating Program", "By-line", "Byline":
			return true
		}
	}
	return false
}

// generatorCredits are the fixed phrases that services put into a credit line.
var generatorCredits = []string{"made with google ai", "edited with google ai", "imagined with ai", "generated with ai", "generated by ai", "ai generated", "ai-generated", "人工智能生成", "由ai生成", "ai生成"}

// generatorCredit reports a credit line, or a property that is there for generators alone (IPTC Photo Metadata Standard
// 2025.1: AI System Used, AI Prompt Information).
func generatorCredit(f metadata.Field) (phrase string, ok bool) {
	last := f.Name[strings.LastIndex(f.Name, "/")+1:]
	if f.Source == metadata.XMP && (last == "AISystemUsed" || last == "AIPromptInformation") && f.Value != "" {
		return clip(f.Value, 80), true
	}
	if !strings.EqualFold(last, "Credit") {
		return "", false
	}
	low := strings.ToLower(f.Value)
	for _, p := range generatorCredits {
		if (word{text: p}).in(low) >= 0 {
			return clip(f.Value, 80), true
		}
	}
	return "", false
}

package edits

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/c2pa"
	"dossier/checks/picture/metadata"
)

//go:embed provenance.md
var provenanceDoc string

// Provenance compares the picture with the content credentials it carries.
var Provenance = &checks.Check{
	ID:      "edits/provenance",
	Version: 1,
	Title:   checks.Text{En: "the picture fits its content credentials", Zh: "图片与其内容凭证一致"},
	Doc:     provenanceDoc,
	Codes: []checks.Code{
		{Code: "credentials", Title: checks.Text{En: "content credentials are there", Zh: "带有内容凭证"}},
		{Code: "credentials_elsewhere", Title: checks.Text{En: "content credentials are stored elsewhere", Zh: "内容凭证存放在别处"}},
		{Code: "changed_after_signing", Title: checks.Text{En: "the file was changed after it was signed", Zh: "签名后文件被改动"}},
		{Code: "signature_wrong", Title: checks.Text{En: "the signature does not fit", Zh: "签名不符"}},
		{Code: "statement_changed", Title: checks.Text{En: "a signed statement was changed or removed", Zh: "已签名的声明被改动或删除"}},
		{Code: "history_changed", Title: checks.Text{En: "the credentials of an earlier version were changed", Zh: "早期版本的凭证被改动"}},
		{Code: "bytes_left_out", Title: checks.Text{En: "the signed hash leaves out parts of the file", Zh: "签名的散列值未覆盖全部文件"}},
		{Code: "certificate_doubtful", Title: checks.Text{En: "the certificates contradict each other or the date", Zh: "证书链或有效期存在矛盾"}},
		{Code: "credentials_damaged", Title: checks.Text{En: "content credentials that cannot be read", Zh: "内容凭证已损坏"}},
		{Code: "not_verifiable", Title: checks.Text{En: "a part of the credentials that Dossier cannot verify", Zh: "凭证中有无法核验的部分"}},
		{Code: "edits_recorded", Title: checks.Text{En: "the credentials record changes of content", Zh: "凭证记录了内容改动"}},
		{Code: "corrections_recorded", Title: checks.Text{En: "the credentials record corrections", Zh: "凭证记录了调整操作"}},
	},
	Run: runProvenance,
}

// suspicionOf is the measure with which a finding of this family says how much it weighs, 0..1.
func suspicionOf(value float64) checks.Measure {
	return checks.Measure{Name: "suspicion", Value: value}
}

func runProvenance(ctx context.Context, s *checks.Subject, _ checks.Settings) (checks.Observation, error) {
	store, err := c2pa.Shared.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if store == nil {
		return credentialsElsewhere(ctx, s)
	}
	if !s.Whole() {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "the file is longer than what is looked at, so its hash cannot be recomputed",
			Zh: "文件超过可检查的长度，无法重新计算散列值",
		})
	}
	r := credentialsReport{store: store}
	if store.Active == nil || store.Active.Claim == nil {
		r.damaged()
		return checks.Observation{Findings: r.findings}, nil
	}
	r.binding()
	r.signatures()
	r.statements()
	r.ingredients()
	r.actions()
	if len(store.Damage) > 0 {
		r.damaged()
	}
	r.summary()
	return checks.Observation{Findings: r.findings}, nil
}

// namespaceDCTerms is Dublin Core's, whose property "provenance" says where credentials are kept
// that are not in the file (C2PA 2.1, 11.5).
const namespaceDCTerms = "http://purl.org/dc/terms/"

func credentialsElsewhere(ctx context.Context, s *checks.Subject) (checks.Observation, error) {
	m, err := metadata.Shared.Of(ctx, s)
	var unsupported *checks.UnsupportedError
	if errors.As(err, &unsupported) {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "a file of this format has no room for content credentials",
			Zh: "该格式的文件不能携带内容凭证",
		})
	}
	if err != nil {
		return checks.Observation{}, err
	}
	for _, f := range m.Fields {
		if f.Source != metadata.XMP || f.Namespace != namespaceDCTerms || f.Name != "provenance" || f.Value == "" {
			continue
		}
		return checks.Observation{Findings: []checks.Finding{{
			Code: "credentials_elsewhere",
			Message: checks.Textf("The file says that its content credentials (C2PA) are kept at %[1]s. Nothing was asked there, so nothing of them was verified.",
				"文件声明其内容凭证（C2PA）存放于 %[1]s。Dossier 不联网查询，因此未作任何核验。", clip(f.Value, 120)),
			Remedy: checks.Text{
				En: "Nothing needs to be done. Whoever wants to know more can open the picture in a content credentials viewer.",
				Zh: "无需处理。如需了解详情，可用内容凭证查看工具打开该图片。",
			},
		}}}, nil
	}
	return checks.Observation{}, nil
}

// clip cuts s to at most n runes.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// A credentialsReport turns a store into findings.
type credentialsReport struct {
	store    *c2pa.Store
	findings []checks.Finding
}

func (r *credentialsReport) add(code string, suspicion float64, message, remedy checks.Text, measures ...checks.Measure) {
	if suspicion > 0 {
		measures = append(measures, suspicionOf(suspicion))
	}
	r.findings = append(r.findings, checks.Finding{Code: code, Message: message, Remedy: remedy, Measures: measures})
}

// askForOriginal is the remedy for a file that is not what was signed.
var askForOriginal = checks.Text{
	En: "Ask the client for the file as the camera or the signing program wrote it, sent by email or as a file, and compare the two.",
	Zh: "请客户提供相机或签名软件生成的原始文件（用邮件或以“文件”方式发送），并与本文件比对。",
}

func (r *credentialsReport) damaged() {
	what := "the manifest store cannot be read"
	if len(r.store.Damage) > 0 {
		what = r.store.Damage[0]
	}
	r.add("credentials_damaged", 0.5, checks.Textf(
		"The file carries content credentials (C2PA) that cannot be read as a whole: %[1]s (%[2]d such problems). What they said of the picture is not proven by them.",
		"文件带有内容凭证（C2PA），但无法完整读取（共 %[2]d 处问题；技术信息：%[1]s）。其中的声明不能作为证明。", clip(what, 160), max(1, len(r.store.Damage))),
		askForOriginal, checks.Measure{Name: "problems", Value: float64(max(1, len(r.store.Damage))), Want: "0"})
}

// binding tells how the file compares with the hash that was signed.
func (r *credentialsReport) binding() {
	b := r.store.Binding
	switch b.State {
	case c2pa.Differs:
		by := r.signer(r.store.Bound)
		message := checks.Textf("The file is not the one that was signed: %[1]s (%[2]s, %[3]s). The credentials are signed with a certificate for %[4]s.",
			"文件与签名时不一致：%[5]s（%[2]s，%[3]s）。凭证所用证书的持有者为 %[4]s。",
			clip(b.Reason, 120), b.Kind, b.Algorithm, by, inChinese(b.Reason))
		r.add("changed_after_signing", 0.9, message, askForOriginal,
			checks.Measure{Name: "excluded", Value: float64(b.Excluded), Unit: "bytes"})
	case c2pa.Missing:
		r.add("not_verifiable", 0, checks.Textf("The content credentials do not say to which file they belong: %[1]s. They may have been made for another picture.",
			"内容凭证未说明其对应的文件（%[2]s），可能属于另一张图片。", b.Reason, inChinese(b.Reason)), askForOriginal)
	case c2pa.Unverified:
		r.add("not_verifiable", 0, checks.Textf("Whether the file is still the one that was signed could not be verified: its hash is of the kind %[1]s (%[2]s).",
			"无法核验文件是否与签名时一致：散列方式为 %[1]s（%[3]s）。", b.Kind, b.Reason, inChinese(b.Reason)), checks.Text{
			En: "Open the picture in a content credentials viewer if the answer matters.",
			Zh: "如需核实，请用内容凭证查看工具打开该图片。",
		})
	}
	if len(b.Foreign) > 0 && b.State != c2pa.Differs {
		n := 0
		for _, s := range b.Foreign {
			n += s.To - s.From
		}
		r.add("bytes_left_out", 0.5, checks.Textf(
			"The signed hash leaves out %[1]d bytes that are not the credentials themselves, from byte %[2]d on. What stands there could be changed without breaking the signature.",
			"签名的散列值未覆盖凭证以外的 %[1]d 字节（自第 %[2]d 字节起），该部分即使被改动，签名仍会相符。", n, b.Foreign[0].From),
			askForOriginal, checks.Measure{Name: "left_out", Value: float64(n), Unit: "bytes", Want: "0"})
	}
}

// signer is the name in the certificate, for a sentence.
func (r *credentialsReport) signer(m *c2pa.Manifest) string {
	if m != nil && len(m.Signature.Certificates) > 0 {
		if name := m.Signature.Certificates[0].Holder(); name != "" {
			return clip(name, 80)
		}
	}
	return "?"
}

// own lists the manifests that tell of this very file: the active one, and the one with its hash.
func (r *credentialsReport) own() []*c2pa.Manifest {
	list := []*c2pa.Manifest{r.store.Active}
	if b := r.store.Bound; b != nil && b != r.store.Active {
		list = append(list, b)
	}
	return list
}

func (r *credentialsReport) signatures() {
	for _, m := range r.own() {
		sig := &m.Signature
		switch sig.State {
		case c2pa.Differs, c2pa.Missing:
			r.add("signature_wrong", 0.9, checks.Textf(
				"The content credentials are not validly signed: %[1]s (algorithm %[2]s, certificate for %[3]s).",
				"内容凭证的签名无效（%[4]s；算法 %[2]s，证书持有者 %[3]s）。", clip(sig.Reason, 120), orNone(sig.Algorithm), r.signer(m), inChinese(sig.Reason)), askForOriginal)
		case c2pa.Unverified:
			r.add("not_verifiable", 0, checks.Textf("The signature of the content credentials could not be verified: %[1]s.",
				"无法核验内容凭证的签名：%[2]s。", clip(sig.Reason, 120), inChinese(sig.Reason)), askForOriginal)
		}
		if sig.ChainState == c2pa.Differs {
			r.add("certificate_doubtful", 0.4, checks.Textf(
				"The certificate for %[1]s is not signed by the certificate that comes with it as its issuer's (%[2]s).",
				"%[1]s 的证书并非由随附的上级证书（%[2]s）签发。", r.signer(m), clip(sig.Certificates[0].Issuer, 80)), askForOriginal)
		} else if t := sig.SignedAt; !t.IsZero() && len(sig.Certificates) > 0 {
			if c := sig.Certificates[0]; t.Before(c.NotBefore) || t.After(c.NotAfter) {
				r.add("certificate_doubtful", 0.4, checks.Textf(
					"The credentials were signed on %[1]s, outside the certificate's validity (%[2]s to %[3]s).",
					"签名时间为 %[1]s，不在证书有效期内（%[2]s 至 %[3]s）。",
					t.UTC().Format(isoDay), c.NotBefore.UTC().Format(isoDay), c.NotAfter.UTC().Format(isoDay)), askForOriginal)
			}
		}
	}
}

// isoDay is how dates are written in both languages.
const isoDay = "2006-01-02"

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// brokenStatements lists the labels of a manifest's assertions that are not what was signed.
func brokenStatements(m *c2pa.Manifest) (labels []string, unlisted int) {
	for _, a := range m.Assertions {
		switch {
		case !a.Listed:
			unlisted++
		case a.State == c2pa.Differs || a.State == c2pa.Missing:
			labels = append(labels, a.Label)
		}
	}
	return labels, unlisted
}

func (r *credentialsReport) statements() {
	for _, m := range r.own() {
		labels, unlisted := brokenStatements(m)
		if len(labels) > 0 {
			r.add("statement_changed", 0.8, checks.Textf(
				"Statements in the content credentials are not those that were signed, or are gone: %[1]s (%[2]d of %[3]d).",
				"内容凭证中的声明与签名时不一致或已缺失：%[1]s（%[3]d 条中的 %[2]d 条）。", clip(strings.Join(labels, ", "), 160), len(labels), len(m.Assertions)-unlisted),
				askForOriginal, checks.Measure{Name: "changed_statements", Value: float64(len(labels)), Want: "0"})
		}
		if unlisted > 0 {
			r.add("statement_changed", 0.6, checks.Textf(
				"The content credentials hold %[1]d statements that the signed claim does not list: they were put there without a signature.",
				"内容凭证中有 %[1]d 条声明未列入已签名的清单，属于未经签名而加入的内容。", unlisted),
				askForOriginal, checks.Measure{Name: "unlisted_statements", Value: float64(unlisted), Want: "0"})
		}
	}
}

// ingredients tells of earlier versions and placed pictures whose own credentials are broken.
func (r *credentialsReport) ingredients() {
	var names []string
	note := func(title string) {
		names = append(names, orNone(title))
	}
	own := map[*c2pa.Manifest]bool{}
	for _, m := range r.own() {
		own[m] = true
	}
	for _, h := range r.store.History() {
		for _, in := range h.Manifest.Ingredients {
			if in.State == c2pa.Differs || in.State == c2pa.Missing {
				note(in.Title)
			}
		}
		if own[h.Manifest] {
			continue
		}
		labels, unlisted := brokenStatements(h.Manifest)
		state := h.Manifest.Signature.State
		if len(labels) > 0 || unlisted > 0 || state == c2pa.Differs || state == c2pa.Missing || h.Manifest.Claim == nil {
			title := h.Manifest.Label
			if h.Manifest.Claim != nil && h.Manifest.Claim.Title != "" {
				title = h.Manifest.Claim.Title
			}
			note(title)
		}
	}
	if len(names) == 0 {
		return
	}
	r.add("history_changed", 0.6, checks.Textf(
		"The credentials of pictures that this one was made from are not as they were signed: %[1]s. The newest credentials were put on top of a broken history.",
		"本图所用素材或早期版本的凭证与签名时不一致：%[1]s。最新的凭证建立在已被破坏的历史之上。", clip(strings.Join(names, ", "), 160)),
		askForOriginal, checks.Measure{Name: "broken_ingredients", Value: float64(len(names)), Want: "0"})
}

// What the actions of the specification (C2PA 2.2, 18.14.4) do to a picture's content. Those in
// neither list change it, or it is not said what they do.
var (
	harmlessActions = map[string]bool{
		"c2pa.created": true, "c2pa.opened": true, "c2pa.converted": true, "c2pa.transcoded": true, "c2pa.repackaged": true,
		"c2pa.published": true, "c2pa.resized": true, "c2pa.resized.proportional": true, "c2pa.orientation": true,
		"c2pa.edited.metadata": true, "c2pa.redacted": true, "c2pa.saved": true, "c2pa.printed": true, "c2pa.managed": true, "c2pa.produced": true, "c2pa.copied": true, "c2pa.formatted": true, "c2pa.version_updated": true,
		"c2pa.watermarked": true, "c2pa.watermarked.bound": true, "c2pa.watermarked.unbound": true,
		"com.adobe.generative-ai": true, // edits/generated tells of it
	}
	correctingActions = map[string]bool{
		"c2pa.cropped": true, "c2pa.color_adjustments": true, "c2pa.adjustedColor": true, "c2pa.filtered": true, "c2pa.enhanced": true,
	}
	changingActions = map[string]checks.Text{
		"c2pa.edited":    {En: "edited", Zh: "编辑"},
		"c2pa.placed":    {En: "another picture placed into it", Zh: "置入其他图片"},
		"c2pa.drawing":   {En: "drawn or painted on", Zh: "绘制或涂抹"},
		"c2pa.removed":   {En: "something removed", Zh: "移除内容"},
		"c2pa.deleted":   {En: "something deleted", Zh: "删除内容"},
		"c2pa.addedText": {En: "text added", Zh: "添加文字"},
		"c2pa.unknown":   {En: "changed in an unknown way", Zh: "未说明的改动"},
	}
)

func (r *credentialsReport) actions() {
	var changes, corrections []string
	var zh []string
	agent, seen := "", map[string]bool{}
	for _, h := range r.store.History() {
		if !h.Parent {
			continue
		}
		for _, a := range h.Manifest.Actions {
			if seen[a.Name] || harmlessActions[a.Name] || a.Name == "" {
				continue
			}
			seen[a.Name] = true
			what, changing := changingActions[a.Name]
			if !changing {
				corrections = append(corrections, a.Name)
				continue
			}
			if agent == "" {
				agent = a.Agent
			}
			changes = append(changes, what.En+" ("+a.Name+")")
			zh = append(zh, what.Zh+"（"+a.Name+"）")
		}
	}
	if len(changes) > 0 {
		with, withZh := "", ""
		if agent != "" {
			with, withZh = ", with "+clip(agent, 60), "，所用程序："+clip(agent, 60)
		}
		r.add("edits_recorded", 0.7, checks.Textf(
			"The picture's own content credentials record that its content was changed: %[1]s%[3]s.",
			"图片自身的内容凭证记录了内容改动：%[2]s%[4]s。", strings.Join(changes, ", "), strings.Join(zh, "、"), with, withZh),
			checks.Text{
				En: "Ask the client for the picture as it was taken: a document or a photo of its holder must not be changed.",
				Zh: "请客户提供未经修改的原始照片：证件和手持照不得改动。",
			}, checks.Measure{Name: "changing_actions", Value: float64(len(changes)), Want: "0"})
	}
	if len(corrections) > 0 {
		known := true
		for _, c := range corrections {
			known = known && correctingActions[c]
		}
		message := checks.Textf("The picture's content credentials record corrections: %[1]s.", "图片的内容凭证记录了调整操作：%[1]s。", clip(strings.Join(corrections, ", "), 160))
		if !known {
			message = checks.Textf("The picture's content credentials record steps that change its look, some of them by names of the maker's own: %[1]s.",
				"图片的内容凭证记录了影响画面的操作，其中有厂商自定义的操作名：%[1]s。", clip(strings.Join(corrections, ", "), 160))
		}
		r.add("corrections_recorded", 0, message, checks.Text{
			En: "Look whether anything that matters lies outside the picture's edges or has become hard to see.",
			Zh: "请查看是否有重要内容被裁掉或变得难以辨认。",
		}, checks.Measure{Name: "corrections", Value: float64(len(corrections))})
	}
}

// summary says what was found and, in the same breath, what of it was not verified.
func (r *credentialsReport) summary() {
	m := r.store.Active
	statements, matching := 0, 0
	for _, a := range m.Assertions {
		if a.Listed {
			statements++
			if a.State == c2pa.Matches {
				matching++
			}
		}
	}
	file := map[c2pa.State]checks.Text{
		c2pa.Matches:    {En: "the file's hash fits", Zh: "文件散列值相符"},
		c2pa.Differs:    {En: "the file's hash differs", Zh: "文件散列值不符"},
		c2pa.Missing:    {En: "there is no hash of the file", Zh: "没有文件散列值"},
		c2pa.Unverified: {En: "the file's hash was not verified", Zh: "文件散列值未核验"},
	}[r.store.Binding.State]
	signature := map[c2pa.State]checks.Text{
		c2pa.Matches: {En: "fits", Zh: "相符"}, c2pa.Differs: {En: "does not fit", Zh: "不符"},
		c2pa.Missing: {En: "is missing", Zh: "缺失"}, c2pa.Unverified: {En: "was not verified", Zh: "未核验"},
	}[m.Signature.State]
	var by []string
	for _, g := range m.Claim.Generators {
		if s := g.String(); s != "" && len(by) < 3 {
			by = append(by, s)
		}
	}
	issuer, when := "-", "-"
	if c := m.Signature.Certificates; len(c) > 0 {
		issuer = orNone(clip(c[0].Issuer, 80))
	}
	if t := m.Signature.SignedAt; !t.IsZero() {
		when = t.UTC().Format(isoDay)
	}
	r.add("credentials", 0, checks.Textf(
		"The file carries content credentials (C2PA, manifests: %[1]d), written by %[2]s. Certificate for %[3]s, issued by %[4]s; time stamp %[5]s. "+
			"The signature (%[6]s) %[7]s, %[8]d of %[9]d statements fit, %[10]s. Not verified: whether that certificate is to be trusted or was withdrawn, and the time stamp's own signature.",
		"文件带有内容凭证（C2PA，清单 %[1]d 份），由 %[2]s 写入。证书持有者 %[3]s，签发者 %[4]s；时间戳 %[5]s。"+
			"签名（%[6]s）%[11]s，%[9]d 条声明中 %[8]d 条相符，%[12]s。未核验：该证书是否可信、是否已吊销，以及时间戳自身的签名。",
		len(r.store.Manifests), orNone(clip(strings.Join(by, ", "), 100)), r.signer(m), issuer, when,
		orNone(m.Signature.Algorithm), signature.En, matching, statements, file.En, signature.Zh, file.Zh),
		checks.Text{
			En: "Nothing needs to be done for this alone. To know whose certificate it is, open the picture in a content credentials viewer.",
			Zh: "仅此一项无需处理。如需确认证书是否可信，请用内容凭证查看工具打开该图片。",
		},
		checks.Measure{Name: "manifests", Value: float64(len(r.store.Manifests))},
		checks.Measure{Name: "statements", Value: float64(statements)},
		checks.Measure{Name: "matching_statements", Value: float64(matching), Want: fmt.Sprint(statements)},
		checks.Measure{Name: "excluded", Value: float64(r.store.Binding.Excluded), Unit: "bytes"})
}

package edits

import "strings"

// credentialReasons are the Chinese words for the reasons that checks/picture/c2pa gives; the first whose
// beginning fits is taken.
var credentialReasons = [][2]string{
	{"the hash differs", "散列值不符"},
	{"no hash algorithm is named", "未注明散列算法"},
	{"the hash algorithm", "散列算法未知"},
	{"the store asks for more hashing", "凭证要求的散列计算量超出正常范围"},
	{"the store holds more signatures", "凭证中的签名数量超出正常范围"},
	{"a later claim says", "后续声明表明已有意移除"},
	{"it is stored elsewhere", "存放于别处"},
	{"it is not there", "内容缺失"},
	{"no assertion holds a hash of the file", "没有包含文件散列值的声明"},
	{"the assertion with the hash of the file is not there", "包含文件散列值的声明缺失"},
	{"the assertion with the hash of the file cannot be read", "包含文件散列值的声明无法读取"},
	{"bindings of this kind", "不支持重新计算此类散列"},
	{"the hash leaves out a range that reaches beyond", "散列值排除的范围超出文件长度"},
	{"the ranges that the hash leaves out overlap", "散列值排除的范围相互重叠"},
	{"the claim does not list it", "未列入已签名的清单"},
	{"the signature cannot be read", "签名无法读取"},
	{"the signature is no COSE_Sign1", "签名不是 COSE_Sign1 结构"},
	{"the signature's protected headers", "签名的受保护头无法读取"},
	{"the signature brings a payload of its own", "签名自带了另一份内容"},
	{"the signature algorithm", "签名算法未知"},
	{"no readable certificate", "未附可读取的证书"},
	{"the manifest has no signature", "清单没有签名"},
	{"the key is longer", "密钥过长"},
	{"the certificate's key cannot make", "证书密钥与签名算法不匹配"},
	{"the signature does not fit", "签名与声明及证书不符"},
}

// inChinese returns the Chinese words for a reason; one that is not in the list is given as it is.
func inChinese(reason string) string {
	for _, r := range credentialReasons {
		if strings.HasPrefix(reason, r[0]) {
			return r[1]
		}
	}
	return "技术信息：" + clip(reason, 120)
}

// Containers as python-pskc 1.2 writes them: thirty-two bytes, counter 300, encrypted with the key of RFC 6030's figure 6.

/** AES-CBC, the counter too: two octets, big-endian. */
export const cbc = `<?xml version="1.0" encoding="UTF-8"?>
<pskc:KeyContainer xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Version="1.0">
 <pskc:EncryptionKey>
  <ds:KeyName>k</ds:KeyName></pskc:EncryptionKey>
 <pskc:MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1">
  <pskc:MACKey>
   <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
   <xenc:CipherData><xenc:CipherValue>9h7+Grd89fPg8n+pBmgUxD/yZXqHjGCinNiVSN+wjmHTsdqQwGJMq7qUmNy77lma</xenc:CipherValue></xenc:CipherData></pskc:MACKey></pskc:MACMethod>
 <pskc:KeyPackage>
  <pskc:DeviceInfo>
   <pskc:Manufacturer>M</pskc:Manufacturer>
   <pskc:SerialNo>987654321</pskc:SerialNo></pskc:DeviceInfo>
  <pskc:Key Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp" Id="1">
   <pskc:AlgorithmParameters>
    <pskc:ResponseFormat Encoding="DECIMAL" Length="6"/></pskc:AlgorithmParameters>
   <pskc:Data>
    <pskc:Secret>
     <pskc:EncryptedValue>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
      <xenc:CipherData><xenc:CipherValue>C9f3HiTdbV17P+BmzEpB+K0CA9Sjm2XOoPhRnfFa1FkZ4+dYQ9j+gBWk1p/SPp4gEWZJ+O1yp6nAbL4DuqZ15A==</xenc:CipherValue></xenc:CipherData></pskc:EncryptedValue>
     <pskc:ValueMAC>3LcOYmdcfuCvbz7HZ5fzSAhIiq0=</pskc:ValueMAC></pskc:Secret>
    <pskc:Counter>
     <pskc:EncryptedValue>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
      <xenc:CipherData><xenc:CipherValue>OCAAuscMevxtiE8sYEHOnKsn7xO/0Cu+iO6Er2k8Ldc=</xenc:CipherValue></xenc:CipherData></pskc:EncryptedValue>
     <pskc:ValueMAC>X9Sfdt3lEDIWKQvxS85itUt2cVA=</pskc:ValueMAC></pskc:Counter></pskc:Data></pskc:Key></pskc:KeyPackage></pskc:KeyContainer>`

/** AES key wrap: its MACMethod names no algorithm, and no value has a MAC. */
export const keyWrap = `<?xml version="1.0" encoding="UTF-8"?>
<pskc:KeyContainer xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Version="1.0">
 <pskc:EncryptionKey>
  <ds:KeyName>k</ds:KeyName></pskc:EncryptionKey>
 <pskc:MACMethod>
  <pskc:MACKey>
   <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#kw-aes128"/>
   <xenc:CipherData><xenc:CipherValue>IiDXIICU3jY0ybt72JbbJyNz8Bd609+F</xenc:CipherValue></xenc:CipherData></pskc:MACKey></pskc:MACMethod>
 <pskc:KeyPackage>
  <pskc:DeviceInfo>
   <pskc:Manufacturer>M</pskc:Manufacturer>
   <pskc:SerialNo>987654321</pskc:SerialNo></pskc:DeviceInfo>
  <pskc:Key Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp" Id="1">
   <pskc:AlgorithmParameters>
    <pskc:ResponseFormat Encoding="DECIMAL" Length="6"/></pskc:AlgorithmParameters>
   <pskc:Data>
    <pskc:Secret>
     <pskc:EncryptedValue>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#kw-aes128"/>
      <xenc:CipherData><xenc:CipherValue>KiXyDGmjY+1jv2l4vgz5H0Y6jmCqBZVi1qI82ywXhuYCeIzReTHLrA==</xenc:CipherValue></xenc:CipherData></pskc:EncryptedValue></pskc:Secret>
    <pskc:Counter>
     <pskc:PlainValue>300</pskc:PlainValue></pskc:Counter></pskc:Data></pskc:Key></pskc:KeyPackage></pskc:KeyContainer>`

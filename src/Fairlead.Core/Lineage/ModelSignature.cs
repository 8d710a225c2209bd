using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Core.Models;

namespace Fairlead.Core.Lineage;

/// <summary>
/// Signatures of model files in the form of the OpenSSF model-signing specification 1.0: a Sigstore bundle 0.3 around a
/// DSSE envelope around an in-toto statement that lists every file with its SHA-256. What is signed is the DSSE
/// pre-authentication encoding, <c>DSSEv1 LENGTH TYPE LENGTH PAYLOAD</c>, by ECDSA over P-256 with SHA-256, P-384 with
/// SHA-384 or P-521 with SHA-512, as a DER sequence. Everything but the making of a signature, which needs chance.
/// </summary>
public static class ModelSignature
{
    /// <summary>Media type of the bundle.</summary>
    public const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// <summary>Type of the DSSE payload.</summary>
    public const string PayloadType = "application/vnd.in-toto+json";

    /// <summary>Largest bundle that is taken, in characters of JSON.</summary>
    public const int MaxBundle = 4 << 20;

    private const string StatementType = "https://in-toto.io/Statement/v1";
    private const string PredicateType = "https://model_signing/signature/v1.0";

    /// <summary>
    /// What no signature of this form lists: what Git and its hosts keep beside a model. A verifier passes over it.
    /// </summary>
    private static readonly string[] Unsigned = [".git", ".gitattributes", ".github", ".gitignore"];

    /// <summary>
    /// The statement about some files, as UTF-8 JSON; the files in the order of the code points of their paths.
    /// </summary>
    public static byte[] Statement(string model, IEnumerable<(string Path, Sha256Digest Digest)> files)
    {
        var ordered = files.Where(file => IsSigned(file.Path))
            .OrderBy(file => file.Path, PathOrder.CodePoints).ToList();
        var statement = new JsonObject
        {
            ["_type"] = StatementType,
            ["subject"] = new JsonArray(new JsonObject
            {
                ["name"] = model,
                ["digest"] = new JsonObject { ["sha256"] = RootDigest(ordered.Select(file => file.Digest.ToString())) },
            }),
            ["predicateType"] = PredicateType,
            ["predicate"] = new JsonObject
            {
                ["serialization"] = new JsonObject
                {
                    ["method"] = "files",
                    ["hash_type"] = "sha256",
                    ["allow_symlinks"] = false,
                    ["ignore_paths"] = new JsonArray([.. Unsigned.Select(path => (JsonNode)path)]),
                },
                ["resources"] = new JsonArray([.. ordered.Select(file => (JsonNode)new JsonObject
                {
                    ["name"] = file.Path,
                    ["algorithm"] = "sha256",
                    ["digest"] = file.Digest.ToString(),
                })]),
            },
        };
        return Encoding.UTF8.GetBytes(statement.ToJsonString());
    }

    /// <summary>The bytes that are signed.</summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> payload) =>
    [
        .. Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"DSSEv1 {PayloadType.Length} {PayloadType} {payload.Length} ")),
        .. payload,
    ];

    /// <summary>The bundle of a signature, as JSON.</summary>
    /// <param name="payload">The statement.</param>
    /// <param name="signature">The signature, as a DER sequence.</param>
    /// <param name="keyHint">The key, as <see cref="KeyHint"/> names it.</param>
    public static string Bundle(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature, string keyHint) =>
        new JsonObject
        {
            ["mediaType"] = MediaType,
            ["verificationMaterial"] = new JsonObject
            {
                ["publicKey"] = new JsonObject { ["hint"] = keyHint },
                ["tlogEntries"] = new JsonArray(),
            },
            ["dsseEnvelope"] = new JsonObject
            {
                ["payload"] = Convert.ToBase64String(payload),
                ["payloadType"] = PayloadType,
                ["signatures"] = new JsonArray(new JsonObject
                {
                    ["sig"] = Convert.ToBase64String(signature),
                    ["keyid"] = "",
                }),
            },
        }.ToJsonString();

    /// <summary>By what bundles name a key: SHA-256 of its PEM text, lines of 64 characters, with a last line end.
    /// </summary>
    public static string KeyHint(ECDsa key) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n")));

    /// <summary>The hash that belongs to a key's curve; null for a curve that is not signed with.</summary>
    public static HashAlgorithmName? HashOf(ECDsa key) => key.ExportParameters(false).Curve.Oid?.Value switch
    {
        "1.2.840.10045.3.1.7" => HashAlgorithmName.SHA256,
        "1.3.132.0.34" => HashAlgorithmName.SHA384,
        "1.3.132.0.35" => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>Reads a public key; null for a text that is none of an elliptic curve that is signed with.</summary>
    public static ECDsa? ReadPublicKey(string? pem)
    {
        var key = ECDsa.Create();
        try
        {
            // A private key would be read as well, and be stored where only public ones belong.
            if (pem is not null && pem.Contains("BEGIN PUBLIC KEY", StringComparison.Ordinal)
                && !pem.Contains("PRIVATE", StringComparison.Ordinal))
            {
                key.ImportFromPem(pem);
                if (HashOf(key) is not null)
                    return key;
            }
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException
            or PlatformNotSupportedException)
        {
            // Told by the null: the last one is of a curve that is not known here.
        }

        key.Dispose();
        return null;
    }

    /// <summary>
    /// Why a bundle is no signature of exactly these files by this key; null when it is one.
    /// </summary>
    /// <param name="bundle">The bundle's JSON.</param>
    /// <param name="key">The key that is believed.</param>
    /// <param name="files">The files, all of them.</param>
    public static string? WhyNot(
        string bundle, ECDsa key, IReadOnlyCollection<(string Path, Sha256Digest Digest)> files)
    {
        try
        {
            using var document = JsonDocument.Parse(bundle);
            var root = document.RootElement;
            if (root.GetProperty("mediaType").GetString() != MediaType)
                return $"it is no Sigstore bundle of the media type {MediaType}";
            if (root.GetProperty("verificationMaterial").TryGetProperty("publicKey", out var named)
                && named.TryGetProperty("hint", out var hint) && hint.GetString() is { Length: > 0 } stated
                && stated != KeyHint(key))
            {
                return "it was made with another key";
            }

            var envelope = root.GetProperty("dsseEnvelope");
            if (envelope.GetProperty("payloadType").GetString() != PayloadType)
                return $"what it signs is not {PayloadType}";
            var payload = envelope.GetProperty("payload").GetBytesFromBase64();
            var signed = SignedBytes(payload);
            var isSigned = envelope.GetProperty("signatures").EnumerateArray().Any(signature => key.VerifyData(
                signed, signature.GetProperty("sig").GetBytesFromBase64(), HashOf(key)!.Value,
                DSASignatureFormat.Rfc3279DerSequence));
            return isSigned ? WhyNotStatement(payload, files) : "its signature is not that of the key";
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException or CryptographicException)
        {
            return "it is not in the form of a model signature 1.0";
        }
    }

    private static string? WhyNotStatement(
        byte[] payload, IReadOnlyCollection<(string Path, Sha256Digest Digest)> files)
    {
        using var document = JsonDocument.Parse(payload);
        var statement = document.RootElement;
        if (statement.GetProperty("_type").GetString() != StatementType
            || statement.GetProperty("predicateType").GetString() != PredicateType)
        {
            return "what it signs is no statement of a model signature 1.0";
        }

        var predicate = statement.GetProperty("predicate");
        if (predicate.GetProperty("serialization").GetProperty("method").GetString() != "files")
            return "it lists pieces of files, and only whole ones are told apart here";
        var resources = predicate.GetProperty("resources").EnumerateArray()
            .Select(each => (Name: each.GetProperty("name").GetString() ?? "",
                Algorithm: each.GetProperty("algorithm").GetString(),
                Digest: each.GetProperty("digest").GetString() ?? "")).ToList();
        if (resources.Any(each => each.Algorithm != "sha256"))
            return "it lists files by another hash than SHA-256";
        if (statement.GetProperty("subject").GetArrayLength() != 1
            || statement.GetProperty("subject")[0].GetProperty("digest").GetProperty("sha256").GetString()
                != RootDigest(resources.Select(each => each.Digest)))
        {
            return "its subject is not the sum of the files that it lists";
        }

        var present = files.ToDictionary(file => file.Path, file => file.Digest.ToString(), StringComparer.Ordinal);
        foreach (var (name, _, digest) in resources)
        {
            if (!present.Remove(name, out var found))
                return $"it lists '{Short(name)}', which is not there or listed twice";
            if (found != digest)
                return $"the file '{Short(name)}' is another one than was signed";
        }

        return present.Keys.Where(IsSigned).Order(PathOrder.CodePoints).FirstOrDefault() is { } unsigned
            ? $"the file '{Short(unsigned)}' was not signed"
            : null;
    }

    private static bool IsSigned(string path) =>
        !Unsigned.Contains(path.Split('/', 2)[0], StringComparer.Ordinal);

    private static string RootDigest(IEnumerable<string> digests)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var digest in digests)
            sum.AppendData(Convert.FromHexString(digest));
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }

    private static string Short(string name) => name.Length > 200 ? name[..200] : name;
}

using System.Security.Cryptography;
using System.Text;
using Fairlead.Core.Audit;
using Fairlead.Core.Lineage;
using Fairlead.Core.Models;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// What comes from others about a version: bundles of signatures, files that name packages, addresses of code, and
/// lines of an audit log that somebody kept.
/// </summary>
internal sealed class LineageTexts : IFuzzTarget
{
    private const string Key = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt
        6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==
        -----END PUBLIC KEY-----
        """;

    private static readonly ECDsa Believed = ModelSignature.ReadPublicKey(Key)!;

    public static string Name => "lineage-texts";

    public static IEnumerable<Type> Covers =>
        [typeof(ModelSignature), typeof(EnvironmentFile), typeof(CodeSource), typeof(AuditLine)];

    public static IEnumerable<byte[]> Seeds =>
    [
        Encoding.UTF8.GetBytes(ModelSignature.Bundle(ModelSignature.Statement("m", []), [1, 2, 3], "")),
        "numpy==1.26.4 \\\npandas[excel]>=2\n"u8.ToArray(),
        "[[package]]\nname = \"numpy\"\nversion = \"1\"\n"u8.ToArray(),
        "dependencies:\n- python=3.11\n- pip:\n  - mlflow==2.12.1\n"u8.ToArray(),
        "https://ada:secret@git.example/a.git?x#y"u8.ToArray(),
        Encoding.UTF8.GetBytes(AuditLine.Write(new AuditLink(1, 1, AuditChain.Origin),
            new AuditRecord(1, 2, "ada", 3, "alias.set", "models/m", "why", null, "{\"version\":1}"))),
        Encoding.UTF8.GetBytes(Key),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        if (ModelSignature.WhyNot(text, Believed, Array.Empty<(string, Sha256Digest)>()) is null)
            throw new InvalidOperationException("A bundle was believed that nobody signed.");
        ModelSignature.ReadPublicKey(text)?.Dispose();
        foreach (var name in EnvironmentFile.Names)
        {
            if (EnvironmentFile.Read(name, text).Packages.Any(each => each.Name.Length == 0))
                throw new InvalidOperationException("A package has no name.");
        }

        // What is kept of an address is kept as it is when it is read again.
        var kept = CodeSource.WithoutCredentials(text);
        if (kept is not null && CodeSource.WithoutCredentials(kept) is { } again && again != kept)
            throw new InvalidOperationException($"{kept} reads as {again}.");
        if (AuditLine.Read(text) is { } line
            && AuditLine.Read(AuditLine.Write(line.Link, line.Entry)) is { } other && other.Entry != line.Entry)
        {
            throw new InvalidOperationException("A line of the audit log does not come back as it was.");
        }
    }
}

using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;
using Fairlead.Core.Lineage;
using Fairlead.Core.Models;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Signs a version with a key that never leaves this machine.</summary>
internal static class ModelsSign
{
    public static Command Create(Terminal terminal)
    {
        var version = Options.Version("The version");
        var key = new Option<string>("--private-key")
        {
            Description = "PEM file of a private key over P-256, P-384 or P-521",
            HelpName = "file",
            Required = true,
        };
        var password = Options.Of<string?>("--password-file", "file", "File with the password of the private key");
        var output = Options.Of<string?>("--file", "path", "Write the bundle here too, such as model.sig");
        var reason = Options.Reason();
        return new Command("sign", "Sign a version: an OpenSSF model signature, kept with the version")
        {
            version, key, password, output, reason,
        }.Runs(terminal, async (call, cancellation) =>
        {
            var reference = call.Value(version);
            var number = await reference.ResolveAsync(call.Client, cancellation);
            using var signer = ReadKey(call.Value(key), call.Value(password));
            var signed = await call.Client.GetVersionAsync(reference.Model, number, cancellation);
            var payload = ModelSignature.Statement(signed.Model, Files(signed));
            var bundle = ModelSignature.Bundle(
                payload,
                signer.SignData(ModelSignature.SignedBytes(payload), ModelSignature.HashOf(signer)!.Value,
                    DSASignatureFormat.Rfc3279DerSequence),
                ModelSignature.KeyHint(signer));
            var kept = await call.Client.PutSignatureAsync(signed.Model, number, new PutSignatureRequest
            {
                Bundle = JsonSerializer.Deserialize<JsonElement>(bundle),
                PublicKey = signer.ExportSubjectPublicKeyInfoPem(),
                Reason = call.Value(reason),
            }, cancellation);
            if (call.Value(output) is { } path)
                await File.WriteAllTextAsync(path, bundle, cancellation);
            call.Write(kept, to => to.Out.WriteLine($"{signed.Model}/{number} signed by {kept.KeyHint}"));
        });
    }

    /// <summary>The files of a version as a signature lists them.</summary>
    internal static IReadOnlyCollection<(string Path, Sha256Digest Digest)> Files(VersionInfo version) =>
        [.. version.Files.Select(file => (file.Path, Sha256Digest.TryParse(file.Digest, out var digest)
            ? digest
            : throw new CliException(ExitCodes.Refused, $"the server gave no digest of '{file.Path}'.")))];

    private static ECDsa ReadKey(string file, string? passwordFile)
    {
        var key = ECDsa.Create();
        try
        {
            var pem = File.ReadAllText(file);
            if (passwordFile is null)
                key.ImportFromPem(pem);
            else
                key.ImportFromEncryptedPem(pem, File.ReadAllText(passwordFile).TrimEnd('\r', '\n'));

            // Reading it back tells a public key from a private one.
            key.ExportECPrivateKey();
            if (ModelSignature.HashOf(key) is not null)
                return key;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException
            or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw CliException.Usage($"'{file}' cannot be read as a private key: {unreadable.Message}",
                "Make one: openssl ecparam -name prime256v1 -genkey -noout -out key.pem");
        }

        key.Dispose();
        throw CliException.Usage($"'{file}' is a key over another curve than P-256, P-384 and P-521.");
    }
}

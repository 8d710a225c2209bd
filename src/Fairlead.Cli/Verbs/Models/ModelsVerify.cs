using System.CommandLine;
using System.Security.Cryptography;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Uploads;
using Fairlead.Core.Lineage;
using Fairlead.Core.Models;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Verifies a version's signature here, by files of this machine where they are given.</summary>
internal static class ModelsVerify
{
    public static Command Create(Terminal terminal)
    {
        var version = Options.Version("The version");
        var key = new Option<string>("--public-key")
        {
            Description = "PEM file of the public key that is believed",
            HelpName = "file",
            Required = true,
        };
        var folder = Options.Of<string?>("--folder", "path",
            "Hold the signature against these files [default: the files that the server has]");
        return new Command("verify", "Verify that a version is signed by a key; 1 when it is not")
        {
            version, key, folder,
        }.Runs(terminal, async (call, cancellation) =>
        {
            using var believed = ReadKey(call.Value(key));
            var reference = call.Value(version);
            var number = await reference.ResolveAsync(call.Client, cancellation);
            var files = await FilesAsync(call, call.Value(folder), reference.Model, number, cancellation);
            var signatures = await call.Client.ListSignaturesAsync(reference.Model, number, cancellation);
            var hint = ModelSignature.KeyHint(believed);
            var why = signatures.Count == 0 ? "it is not signed" : "it is not signed by this key";
            foreach (var signature in signatures.Where(each => each.KeyHint == hint))
                why = ModelSignature.WhyNot(signature.Bundle.GetRawText(), believed, files);

            var subject = $"{reference.Model}/{number}";
            if (why is null)
            {
                call.Write(new Done("verified", subject),
                    to => to.Out.WriteLine($"{subject} is signed by {hint}: {files.Count} files"));
                return ExitCodes.Ok;
            }

            call.Note($"fairlead: {subject} is not verified: {why}.");
            return ExitCodes.Refused;
        });
    }

    private static async Task<IReadOnlyCollection<(string Path, Sha256Digest Digest)>> FilesAsync(
        Call call, string? folder, string model, int number, CancellationToken cancellation)
    {
        if (folder is null)
            return ModelsSign.Files(await call.Client.GetVersionAsync(model, number, cancellation));
        var files = new List<(string Path, Sha256Digest Digest)>();
        foreach (var file in LocalFiles.Find(folder))
        {
            if (Sha256Digest.TryParse(await LocalFiles.DigestAsync(file, _ => { }, cancellation), out var digest))
                files.Add((file.Path, digest));
        }

        return files;
    }

    private static ECDsa ReadKey(string file)
    {
        try
        {
            return ModelSignature.ReadPublicKey(File.ReadAllText(file))
                ?? throw CliException.Usage($"'{file}' is no PEM file of a public key over P-256, P-384 or P-521.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"'{file}' cannot be read: {unreadable.Message}");
        }
    }
}

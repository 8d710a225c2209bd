using Fairlead.Cli.Uploads;
using Fairlead.Cli.Verbs.Data;
using Fairlead.Client;

namespace Fairlead.Cli.Evaluating;

/// <summary>The file that holds the rows of an evaluation.</summary>
/// <param name="Path">Where it lies on this machine.</param>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="Dataset">The registered dataset that it is, as <c>NAME/VERSION</c>; null: none.</param>
internal sealed record EvaluationData(string Path, string Digest, string? Dataset)
{
    /// <summary>A file of this machine, or a registered dataset whose file lies where it was registered.</summary>
    public static async Task<EvaluationData> FindAsync(
        FairleadClient client, string written, CancellationToken cancellation)
    {
        if (File.Exists(written))
        {
            return new EvaluationData(
                System.IO.Path.GetFullPath(written), await DigestAsync(written, cancellation), null);
        }

        if (!DatasetReference.TryParse(written, out var reference) || written.EndsWith('/'))
            throw CliException.Usage($"there is no file and no dataset '{written}'.");

        try
        {
            var number = await reference.ResolveAsync(client, cancellation);
            var dataset = await client.GetDatasetVersionAsync(reference.Name, number, cancellation);
            return await OfAsync($"{reference.Name}/{number}", dataset.Source, dataset.Address, dataset.Digest,
                cancellation);
        }
        catch (FairleadApiException refused) when (refused.Code is "dataset_not_found" or "invalid_name")
        {
            throw CliException.Usage($"there is no file '{written}' here, and no dataset of this name on the server.");
        }
    }

    private static async Task<EvaluationData> OfAsync(
        string name, string source, string? path, string digest, CancellationToken cancellation)
    {
        if (source != "file" || path is null)
        {
            throw CliException.Usage(
                $"{name} was registered as {source}, and an evaluation reads one file.", "Name the file itself.");
        }

        if (!File.Exists(path))
        {
            throw CliException.Usage($"{name} was registered from {path}, and no such file is on this machine.",
                "Bring the file here and name it, or run this where it lies.");
        }

        var found = await DigestAsync(path, cancellation);
        return digest == $"sha256:{found}"
            ? new EvaluationData(path, found, name)
            : throw new CliException(ExitCodes.Refused,
                $"{path} is no longer what was registered as {name}: its digest is sha256:{found}, not {digest}.",
                "Register it as a new version: fairlead data register");
    }

    private static async Task<string> DigestAsync(string path, CancellationToken cancellation)
    {
        var file = new LocalFile(System.IO.Path.GetFileName(path), path, new FileInfo(path).Length);
        return await LocalFiles.DigestAsync(file, _ => { }, cancellation);
    }
}

using Fairlead.Cli.Uploads;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Lineage;

/// <summary>What lineage is asked of, as a person writes it.</summary>
internal static class LineageSubject
{
    private const int PredictionLength = 43, RunLength = 32, DigestLength = 64;
    private const int ShortestCommit = 7, LongestCommit = 40;

    /// <summary>
    /// Reads a subject: <c>dataset:…</c> and so on say what it is; without such a word its form tells.
    /// </summary>
    public static async Task<LineageQuestion> ReadAsync(string text, CancellationToken cancellation)
    {
        if (File.Exists(text))
        {
            var file = new LocalFile(Path.GetFileName(text), text, new FileInfo(text).Length);
            return new LineageQuestion { File = await LocalFiles.DigestAsync(file, _ => { }, cancellation) };
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, value) = colon < 0 ? ("", text) : (text[..colon], text[(colon + 1)..]);
        return kind switch
        {
            "prediction" => new LineageQuestion { Prediction = value },
            "version" => new LineageQuestion { Version = value },
            "dataset" => new LineageQuestion { Dataset = value },
            "run" => new LineageQuestion { Run = value },
            "commit" => new LineageQuestion { Commit = value },
            "file" => new LineageQuestion { File = value },
            "sha256" or "md5" => new LineageQuestion { Dataset = text },
            _ => ByForm(text),
        };
    }

    private static LineageQuestion ByForm(string text)
    {
        var isHex = text.All(char.IsAsciiHexDigitLower);
        if (VersionReference.TryParse(text, out var reference) && reference.Number is not null)
            return new LineageQuestion { Version = text };
        if (isHex && text.Length == DigestLength)
            return new LineageQuestion { File = text };
        if (isHex && text.Length == RunLength)
            return new LineageQuestion { Run = text };
        if (isHex && text.Length is >= ShortestCommit and <= LongestCommit)
            return new LineageQuestion { Commit = text };
        return text.Length == PredictionLength
            ? new LineageQuestion { Prediction = text }
            : throw CliException.Usage($"it is not clear what '{text}' is.",
                "Write prediction:ID, version:MODEL/N, dataset:DIGEST, run:ID, commit:SHA or file:SHA256.");
    }
}

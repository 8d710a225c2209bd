using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Problems;

namespace Fairlead.Fuzz.Targets;

/// <summary>The list of files that makes a version: a strict JSON body, then the rules of a manifest.</summary>
internal sealed class RegisterJson : IFuzzTarget
{
    private const string Folder = "/models/one/";

    public static string Name => "register-json";

    public static IEnumerable<Type> Covers => [typeof(RequestBody), typeof(ManifestRules)];

    public static IEnumerable<byte[]> Seeds =>
    [
        Encoding.UTF8.GetBytes(
            $"{{\"files\":[{{\"path\":\"model.onnx\",\"digest\":\"{new string('a', 64)}\",\"size\":5}},"
            + $"{{\"path\":\"data/weights.bin\",\"digest\":\"{new string('b', 64)}\",\"size\":0}}],"
            + "\"entry\":\"model.onnx\",\"metrics\":{\"auc\":0.8},\"parameters\":{\"a\":\"b\"},"
            + "\"lineage\":{\"datasets\":{\"a.csv\":\"c\"}}}"),
        "{\"files\":[{\"path\":\"../../etc/passwd\",\"digest\":\"\",\"size\":-1}]}"u8.ToArray(),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        IReadOnlyList<VersionFile> files;
        try
        {
            files = RequestBody.Decode<RegisterVersionRequest>(data).Files;
        }
        catch (RefusalException)
        {
            return;
        }

        foreach (var file in files)
        {
            // A path that is taken stays below the folder that it is laid out in.
            if (ManifestRules.WhyNotPath(file.Path) is null
                && !Path.GetFullPath(Path.Combine(Folder, file.Path)).StartsWith(Folder, StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"'{file.Path}' leads out of the version's folder.");
            }

            if (Sha256Digest.TryParse(file.Digest, out var digest) && digest.ToString().Length != 64)
                throw new InvalidOperationException($"'{file.Digest}' is no digest.");
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Client.Mlflow;

/// <summary>What the parts of an import share: both ends, what was done, and where things are now.</summary>
internal sealed class MlflowImportState(IMlflowSource from, MlflowSite to, string origin)
{
    /// <summary>Where a thing came from, on the thing itself.</summary>
    public const string FromTag = "fairlead.import.from";

    /// <summary>That a thing is here whole, and in which state it was.</summary>
    public const string DoneTag = "fairlead.import.done";

    private const int MostLeft = 100;

    private readonly List<string> _left = [];

    public IMlflowSource From => from;

    public MlflowSite To => to;

    public MlflowImportResult Result { get; } = new();

    /// <summary>Runs by their ids there: their ids here, and where their files go.</summary>
    public Dictionary<string, (string Id, string Address)> Runs { get; } = [];

    /// <summary>Logged models by their ids there: their ids here.</summary>
    public Dictionary<string, string> LoggedModels { get; } = [];

    /// <summary>
    /// The steps at which runs made logged models, by the ids of both there; what is not in it was made at step 0.
    /// </summary>
    public Dictionary<(string Run, string Model), long> Steps { get; } = [];

    public IReadOnlyList<string> Left => _left;

    /// <summary>Tells what was not brought over; the list has a bound.</summary>
    public void Leave(string what)
    {
        if (_left.Count < MostLeft)
            _left.Add(what);
    }

    /// <summary>Does one thing; what fails with it is told, and the others go on.</summary>
    public async Task GuardedAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (MlflowException failure)
        {
            Leave($"{what}: {failure.Message}");
        }
    }

    /// <summary>Copies files below an address, those that are there already in the same length not again.</summary>
    public async Task CopyAsync(
        IReadOnlyList<MlflowFile> files, Func<string, Task<Stream>> open, string address,
        IReadOnlyDictionary<string, long?> present, CancellationToken cancellation)
    {
        foreach (var file in files)
        {
            if (file.Size is not null && present.GetValueOrDefault(file.Path) == file.Size)
                continue;
            await using var content = await open(file.Path);
            await to.PutBelowAsync(address, file.Path, content, cancellation);
            Result.Files++;
        }
    }

    /// <summary>What a thing is known by at every repetition.</summary>
    public string Mark(string thing) => $"{origin} {thing}";

    public string Key(string thing) => Hex($"import {origin} {thing}");

    public string Folder(string thing) => Hex($"{origin} {thing}")[..16];

    public static JsonObject Tag(string key, string value) => new() { ["key"] = key, ["value"] = value };

    public static JsonArray Tags(JsonNode? tags, Func<string, bool> wanted) => [.. (tags?.AsArray() ?? [])
        .Where(tag => wanted((string?)tag?["key"] ?? ""))
        .Select(tag => Tag((string?)tag!["key"] ?? "", (string?)tag["value"] ?? ""))];

    /// <summary>The value of a tag; null without it.</summary>
    public static string? Find(JsonNode? tags, string key) => (string?)(tags?.AsArray() ?? [])
        .FirstOrDefault(tag => (string?)tag?["key"] == key)?["value"];

    /// <summary>Some servers write long numbers as texts.</summary>
    public static long Number(JsonNode? value) => value is null ? 0
        : value.GetValueKind() == JsonValueKind.String
            ? long.Parse((string)value!, CultureInfo.InvariantCulture)
            : value.AsValue().TryGetValue<long>(out var whole) ? whole : (long)(double)value;

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

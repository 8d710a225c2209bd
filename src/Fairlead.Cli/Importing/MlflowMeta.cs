using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Fairlead.Client.Mlflow;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Fairlead.Cli.Importing;

/// <summary>
/// A <c>meta.yaml</c> of MLflow's file store. What it holds stays the text that was written: a run may be called 1e3.
/// </summary>
/// <param name="root">The mapping that it is.</param>
internal sealed class MlflowMeta(YamlMappingNode root)
{
    /// <summary>Its name in every folder.</summary>
    public const string FileName = "meta.yaml";

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
        MaxRecursionDepth = 64,
    };

    /// <summary>Reads the description in a folder; throws <see cref="MlflowException"/> where it cannot.</summary>
    public static MlflowMeta Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return YamlText.Mapping(File.ReadAllText(path)) is { } root
                ? new MlflowMeta(root)
                : throw Unreadable(path, "it is no mapping");
        }
        catch (Exception broken) when (broken is FormatException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, broken.Message);
        }
    }

    /// <summary>A text; null where there is none.</summary>
    public string? Text(string name) => root.Child(name) is YamlScalarNode { Value: { } text } scalar
        && !(scalar.Style == ScalarStyle.Plain && text is "" or "null" or "~")
            ? text
            : null;

    /// <summary>A whole number; 0 where there is none.</summary>
    public long Integer(string name) =>
        long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    /// <summary>The name of a number that stands for one of several.</summary>
    public string OneOf(string name, string absent, params ReadOnlySpan<string> names) => Text(name) switch
    {
        null => absent,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) =>
            number < names.Length ? names[number] : absent,
        var text => text,
    };

    /// <summary>A mapping of texts, as pairs of the protocol.</summary>
    public JsonArray Pairs(string name) => root.Child(name) is not YamlMappingNode mapping
        ? []
        : [.. mapping.Children.Select(each => Pair($"{each.Key}", (each.Value as YamlScalarNode)?.Value ?? ""))];

    /// <summary>The files of a folder, each a key with the text in it as its value; keys may have slashes.</summary>
    public static JsonArray Files(string folder) =>
        [.. Keys(folder).Select(key => Pair(key, ReadAll(Path.Combine(folder, key))))];

    /// <summary>The names of the files below a folder; none where it is not there.</summary>
    public static IEnumerable<string> Keys(string folder) => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateFiles(folder, "*", Everything)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>The points in the file of a metric: a line each, of time, value, step and what comes after.</summary>
    public static IEnumerable<(JsonObject Point, string[] After)> Points(string file)
    {
        foreach (var line in Lines(file))
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var parts = line.Trim().Split(' ');
            var step = 0L;
            if (parts.Length < 2
                || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
                || (parts.Length > 2 && !long.TryParse(
                    parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out step)))
            {
                throw Unreadable(file, $"'{(line.Length > 100 ? line[..100] : line)}' is no point of a metric");
            }

            yield return (new JsonObject
            {
                ["value"] = Value(file, parts[1]),
                ["timestamp"] = time,
                ["step"] = step,
            }, parts[Math.Min(3, parts.Length)..]);
        }
    }

    private static JsonValue Value(string file, string text) => text switch
    {
        "nan" => JsonValue.Create("NaN")!,
        "inf" => JsonValue.Create("Infinity")!,
        "-inf" => JsonValue.Create("-Infinity")!,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? JsonValue.Create(value)
            : throw Unreadable(file, $"'{(text.Length > 100 ? text[..100] : text)}' is no number"),
    };

    private static string ReadAll(string file) => Opened(file, File.ReadAllText);

    private static IEnumerable<string> Lines(string file) => Opened(file, File.ReadLines);

    private static T Opened<T>(string file, Func<string, T> open)
    {
        try
        {
            return open(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file, failure.Message);
        }
    }

    private static MlflowException Unreadable(string path, string why) =>
        new(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", $"{path} cannot be read: {why}");

    private static JsonObject Pair(string key, string value) => new() { ["key"] = key, ["value"] = value };
}

using System.Text.Json;
using Fairlead.Client.Api;

namespace Fairlead.Server.Apply;

/// <summary>
/// Says where two documents differ. Entries of a list that have names are compared by them, not by place.
/// </summary>
internal static class Differences
{
    public static IReadOnlyList<Difference> Between<T>(T? before, T after)
        where T : class
    {
        var found = new List<Difference>();
        Compare("",
            before is null ? null : JsonSerializer.SerializeToElement(before, ApiJson.Lenient),
            JsonSerializer.SerializeToElement(after, ApiJson.Lenient), found);
        return found;
    }

    private static void Compare(string path, JsonElement? before, JsonElement? after, List<Difference> found)
    {
        if (before is { } left && after is { } right)
        {
            if (JsonElement.DeepEquals(left, right))
                return;
            if (Members(left) is { } mine && Members(right) is { } theirs)
            {
                CompareMembers(path, mine, theirs, found);
                return;
            }
        }
        else if ((before ?? after) is { } only && path.Length == 0 && Members(only) is { } members)
        {
            var none = new Dictionary<string, JsonElement>();
            CompareMembers(path, before is null ? none : members, before is null ? members : none, found);
            return;
        }

        found.Add(new Difference(path, before, after));
    }

    private static void CompareMembers(
        string path, Dictionary<string, JsonElement> before, Dictionary<string, JsonElement> after,
        List<Difference> found)
    {
        foreach (var name in before.Keys.Concat(after.Keys.Where(name => !before.ContainsKey(name))))
        {
            var inner = path.Length == 0 || name[0] == '[' ? path + name : $"{path}.{name}";
            Compare(inner,
                before.TryGetValue(name, out var left) ? left : null,
                after.TryGetValue(name, out var right) ? right : null, found);
        }
    }

    private static Dictionary<string, JsonElement>? Members(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
            return element.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
        if (element.ValueKind != JsonValueKind.Array)
            return null;

        var members = new Dictionary<string, JsonElement>();
        foreach (var entry in element.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("name", out var name)
                || !members.TryAdd($"[{name}]", entry))
            {
                return null;
            }
        }

        return members;
    }
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Web.Endpoints;

/// <summary>Code that asks an endpoint about a row, to be pasted. Pure.</summary>
public static class Snippets
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The languages, by the names that they are shown under.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["curl", "Python", "C#", "JavaScript"];

    /// <summary>The code in one language.</summary>
    /// <param name="language">One of <see cref="Languages"/>.</param>
    /// <param name="server">Address of the server.</param>
    /// <param name="endpoint">The endpoint's name.</param>
    /// <param name="row">What is asked about.</param>
    /// <param name="header">The header that carries the unit; null: none does.</param>
    /// <param name="needsKey">The server asks for a key.</param>
    public static string Of(
        string language, Uri server, string endpoint, JsonObject row, string? header, bool needsKey)
    {
        var address = new Uri(server, $"api/v1/endpoints/{Uri.EscapeDataString(endpoint)}/predict").AbsoluteUri;
        var body = new JsonObject { ["rows"] = new JsonArray(row.DeepClone()) }.ToJsonString(Readable);
        return language switch
        {
            "Python" => Python(address, body, header, needsKey),
            "C#" => CSharp(address, body, header, needsKey),
            "JavaScript" => JavaScript(address, body, header, needsKey),
            _ => Curl(address, body, header, needsKey),
        };
    }

    private static string Curl(string address, string body, string? header, bool needsKey)
    {
        var text = new StringBuilder($"curl -s {Shell(address)} \\\n  -H 'Content-Type: application/json' \\\n");
        if (needsKey)
            text.Append("  -H \"Authorization: Bearer $FAIRLEAD_KEY\" \\\n");
        if (header is not null)
            text.Append("  -H ").Append(Shell($"{header}: unit-1")).Append(" \\\n");
        return text.Append("  -d ").Append(Shell(body)).ToString();
    }

    private static string Python(string address, string body, string? header, bool needsKey)
    {
        var text = new StringBuilder("import json, os, urllib.request\n\n");
        text.Append("request = urllib.request.Request(\n    ").Append(Quoted(address)).Append(",\n");
        text.Append("    data=json.dumps(json.loads(r\"\"\"").Append(body.Replace("\"\"\"", "\\u0022\\u0022\\u0022"))
            .Append("\"\"\")).encode(),\n    headers={\n        \"Content-Type\": \"application/json\",\n");
        if (needsKey)
            text.Append("        \"Authorization\": \"Bearer \" + os.environ[\"FAIRLEAD_KEY\"],\n");
        if (header is not null)
            text.Append("        ").Append(Quoted(header)).Append(": \"unit-1\",\n");
        return text.Append("    },\n)\nprint(json.load(urllib.request.urlopen(request)))\n").ToString();
    }

    private static string CSharp(string address, string body, string? header, bool needsKey)
    {
        var text = new StringBuilder("using System.Net.Http.Headers;\nusing System.Text;\n\n");
        text.Append("using var http = new HttpClient();\n");
        if (needsKey)
        {
            text.Append("http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(\n    \"Bearer\", "
                + "Environment.GetEnvironmentVariable(\"FAIRLEAD_KEY\"));\n");
        }

        if (header is not null)
            text.Append($"http.DefaultRequestHeaders.Add({Quoted(header)}, \"unit-1\");\n");
        text.Append("var body = \"\"\"\n").Append(Indented(body, "    ")).Append("\n    \"\"\";\n");
        text.Append($"var answer = await http.PostAsync({Quoted(address)},\n"
            + "    new StringContent(body, Encoding.UTF8, \"application/json\"));\n");
        return text.Append("Console.WriteLine(await answer.Content.ReadAsStringAsync());\n").ToString();
    }

    private static string JavaScript(string address, string body, string? header, bool needsKey)
    {
        var text = new StringBuilder($"const answer = await fetch({Quoted(address)}, {{\n  method: 'POST',\n");
        text.Append("  headers: {\n    'Content-Type': 'application/json',\n");
        if (needsKey)
            text.Append("    Authorization: `Bearer ${process.env.FAIRLEAD_KEY}`,\n");
        if (header is not null)
            text.Append($"    {Quoted(header)}: 'unit-1',\n");
        text.Append("  },\n  body: JSON.stringify(").Append(Indented(body, "  ").TrimStart()).Append("),\n});\n");
        return text.Append("console.log(await answer.json());\n").ToString();
    }

    private static string Shell(string text) => "'" + text.Replace("'", "'\\''") + "'";

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    private static string Indented(string text, string by) => by + text.Replace("\n", "\n" + by);
}

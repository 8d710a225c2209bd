using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Fairlead.Client.Api;
using Fairlead.Server.Lineage.Export;

namespace Fairlead.Server.Tests.Lineage;

/// <summary>
/// Exports are as committed, and as their specifications demand. FAIRLEAD_UPDATE_SNAPSHOTS=1 writes the files anew.
/// </summary>
public sealed class ExportTests
{
    private const string A = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string B = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    private const string RunId = "0123456789abcdef0123456789abcdef";

    private static readonly DateTimeOffset Then = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("openlineage", "openlineage.json")]
    [InlineData("slsa", "slsa.json")]
    [InlineData("cyclonedx", "cyclonedx.json")]
    [InlineData("card-md", "card.md")]
    [InlineData("card-html", "card.html")]
    public async Task Export_IsAsCommitted(string format, string name)
    {
        var text = Written(format);
        var file = Path.Combine(Golden(), name);
        if (Environment.GetEnvironmentVariable("FAIRLEAD_UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Golden());
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        }

        text.ShouldBe(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    /// <summary>RunEvent of the specification 2-0-2: what it requires, and BaseFacet for every facet.</summary>
    [Fact]
    public void OpenLineage_HasWhatARunEventRequires()
    {
        var run = JsonNode.Parse(Written("openlineage"))!;
        DateTimeOffset.TryParse((string)run["eventTime"]!, out _).ShouldBeTrue();
        Uri.TryCreate((string)run["producer"]!, UriKind.Absolute, out _).ShouldBeTrue();
        ((string)run["schemaURL"]!).ShouldBe("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent");
        new[] { "START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER" }.ShouldContain((string)run["eventType"]!);
        ((string)run["run"]!["runId"]!).ShouldBe("01234567-89ab-cdef-0123-456789abcdef");
        ((string)run["job"]!["namespace"]!).ShouldNotBeEmpty();
        ((string)run["job"]!["name"]!).ShouldNotBeEmpty();
        var data = run["inputs"]!.AsArray().Concat(run["outputs"]!.AsArray()).ToList();
        data.Count.ShouldBe(4);
        data.ShouldAllBe(each => each!["namespace"] != null && each["name"] != null);
        var facets = data.SelectMany(each => Facets(each!["facets"]).Concat(Facets(each["inputFacets"])))
            .Concat(Facets(run["run"]!["facets"])).Concat(Facets(run["job"]!["facets"])).ToList();
        facets.Count.ShouldBe(11);
        facets.ShouldAllBe(facet => Uri.IsWellFormedUriString((string)facet!["_producer"]!, UriKind.Absolute)
            && Uri.IsWellFormedUriString((string)facet["_schemaURL"]!, UriKind.Absolute));

        // A run of no known form still has an id of the form of a UUID, and the same one each time.
        var version = Version();
        version.Lineage = version.Lineage with { Run = "ci-7" };
        var other = Record() with { Lineage = Record().Lineage with { Version = version } };
        var id = (string)JsonNode.Parse(LineageExports.Write(other, "openlineage").Text)!["run"]!["runId"]!;
        Guid.TryParseExact(id, "D", out _).ShouldBeTrue();
        ((string)JsonNode.Parse(LineageExports.Write(other, "openlineage").Text)!["run"]!["runId"]!).ShouldBe(id);

        static IEnumerable<JsonNode?> Facets(JsonNode? facets) => facets?.AsObject().Select(each => each.Value) ?? [];
    }

    /// <summary>in-toto Statement 1 and the fields that SLSA provenance 1 requires.</summary>
    [Fact]
    public void Slsa_HasWhatProvenanceRequires()
    {
        var statement = JsonNode.Parse(Written("slsa"))!;
        ((string)statement["_type"]!).ShouldBe("https://in-toto.io/Statement/v1");
        ((string)statement["predicateType"]!).ShouldBe("https://slsa.dev/provenance/v1");
        statement["subject"]!.AsArray().Select(each => ((string)each!["name"]!, (string)each["digest"]!["sha256"]!))
            .ShouldBe([("model.onnx", A), ("weights.bin", B)]);
        var build = statement["predicate"]!["buildDefinition"]!;
        Uri.TryCreate((string)build["buildType"]!, UriKind.Absolute, out _).ShouldBeTrue();
        build["externalParameters"]!.AsObject().ShouldNotBeEmpty();

        // A resource descriptor has at least one of uri, digest and content, and digests are hexadecimal.
        var resolved = build["resolvedDependencies"]!.AsArray();
        resolved.Count.ShouldBe(7);
        resolved.ShouldAllBe(each => each!["uri"] != null || each["digest"] != null);
        ((string)resolved[0]!["digest"]!["gitCommit"]!).ShouldBe("c0ffee");
        ((string)resolved[1]!["digest"]!["sha256"]!).ShouldBe(B);
        var details = statement["predicate"]!["runDetails"]!;
        Uri.TryCreate((string)details["builder"]!["id"]!, UriKind.Absolute, out _).ShouldBeTrue();
        DateTimeOffset.TryParse((string)details["metadata"]!["finishedOn"]!, out _).ShouldBeTrue();
    }

    /// <summary>What the JSON schema of CycloneDX 1.6 requires of the parts that are used.</summary>
    [Fact]
    public void CycloneDx_HasWhatABillOfMaterialsRequires()
    {
        var bom = JsonNode.Parse(Written("cyclonedx"))!;
        ((string)bom["bomFormat"]!, (string)bom["specVersion"]!, (int)bom["version"]!)
            .ShouldBe(("CycloneDX", "1.6", 1));
        ((string)bom["serialNumber"]!).ShouldMatch(
            "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$");
        var model = bom["metadata"]!["component"]!;
        ((string)model["type"]!, (string)model["name"]!).ShouldBe(("machine-learning-model", "credit"));
        var components = bom["components"]!.AsArray().Concat(model["components"]!.AsArray()).Append(model).ToList();
        string[] types = ["application", "library", "file", "data", "machine-learning-model"];
        components.ShouldAllBe(each => types.Contains((string)each!["type"]!) && ((string)each["name"]!).Length > 0);
        components.SelectMany(each => each!["hashes"]?.AsArray() ?? [])
            .ShouldAllBe(hash => (string)hash!["alg"]! == "SHA-256" && ((string)hash["content"]!).Length == 64);
        var references = components.Select(each => (string?)each!["bom-ref"]).OfType<string>().ToList();
        references.Distinct().Count().ShouldBe(references.Count);
        bom["dependencies"]![0]!["dependsOn"]!.AsArray().ShouldAllBe(each => references.Contains((string)each!));
        var card = model["modelCard"]!;
        card["modelParameters"]!["datasets"]!.AsArray().ShouldAllBe(each => references.Contains((string)each!["ref"]!));
        card["quantitativeAnalysis"]!["performanceMetrics"]!.AsArray()
            .Select(each => ((string)each!["type"]!, (string)each["value"]!))
            .ShouldBe([("auc", "0.81"), ("auc", "0.84"), ("auc", "0.79"), ("errors", "-0.01")]);
    }

    /// <summary>A card is one file, reads as XML, and what people write into it is text and nothing else.</summary>
    [Fact]
    public void Card_IsSelfContained_AndTakesNothingForMarkup()
    {
        var record = Record();
        record = record with
        {
            Lineage = record.Lineage with
            {
                Version = record.Version with
                {
                    Description = "<script>alert(1)</script>",
                    Parameters = new Dictionary<string, string> { ["a|b"] = "<img src=x>\n| # [x](javascript:y)" },
                },
            },
        };
        var page = LineageExports.Write(record, "card-html").Text;
        page.ShouldNotContain("<script");
        page.ShouldNotContain("<img");
        foreach (var way in new[] { "src=\"", "href", "url(", "@import" })
            page.ShouldNotContain(way, Case.Insensitive);
        XDocument.Parse(page.Split('\n', 2)[1].Replace("<meta charset=\"utf-8\">", "").Replace(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", ""))
            .Descendants("td").Select(cell => cell.Value).ShouldContain("<img src=x>\n| # [x](javascript:y)");
        var text = LineageExports.Write(record, "card-md").Text;
        text.ShouldContain("| a\\|b | &lt;img src=x&gt; \\| \\# \\[x\\](javascript:y) |");
    }

    internal static string Written(string format) => LineageExports.Write(Record(), format).Text
        .Replace(Producer.Version, "VERSION");

    private static VersionRecord Record() => new()
    {
        Lineage = new LineageVersion
        {
            Version = Version(),
            Via = "asked",
            Aliases = ["champion"],
            SignedBy = [A],
            Periods =
            [
                new LineagePeriod { Endpoint = "credit", Arm = "a", Role = "answered", From = Then },
            ],
        },
        Datasets = [new DatasetRecord(
            new VersionDataset("loans", 2, "training", $"sha256:{B}"), "s3://data/loans.csv", 1000, 5, "train")],
        Rollouts =
        [
            new VersionRolloutInfo
            {
                Rollout = 4,
                Endpoint = "credit",
                Role = "candidate",
                Outcome = "won",
                Checks =
                [
                    new RolloutCheckInfo
                    {
                        Name = "errors",
                        Candidate = "b",
                        Verdict = "pass",
                        Estimate = -0.01,
                        Low = -0.02,
                        High = 0.001,
                    },
                ],
            },
        ],
        Evaluations =
        [
            new EvaluationInfo
            {
                Id = 7,
                Model = "credit",
                Version = 3,
                State = "finished",
                Label = "Status",
                Task = "classification",
                Dataset = "heldout/1",
                Segments =
                [
                    new EvaluatedSegmentInfo
                    {
                        Rows = 1000,
                        Figures =
                        [
                            new EvaluationFigureInfo("auc", "area under the ROC curve", 0.84, 0.81, 0.86),
                            new EvaluationFigureInfo("mcc", "", null, null, null),
                        ],
                    },
                    new EvaluatedSegmentInfo
                    {
                        Segment = "Home=rent",
                        Rows = 300,
                        Figures = [new EvaluationFigureInfo("auc", "area under the ROC curve", 0.79, 0.73, 0.84)],
                    },
                ],
            },
        ],
        Run = new RunInfo { Id = RunId, StartedAt = Then.AddHours(-1), EndedAt = Then.AddMinutes(-5) },
    };

    private static VersionInfo Version() => new()
    {
        Model = "credit",
        Number = 3,
        Description = "Who pays back.",
        Metrics = new Dictionary<string, double> { ["auc"] = 0.81 },
        Parameters = new Dictionary<string, string> { ["depth"] = "3" },
        Tags = new Dictionary<string, string> { ["team"] = "risk" },
        Entry = "model.onnx",
        Runtime = "onnx",
        Size = 30,
        Files = [new VersionFile("model.onnx", A, 10), new VersionFile("weights.bin", B, 20)],
        Inputs = [new TensorInfo("x", "FP32", [-1, 4])],
        Outputs = [new TensorInfo("y", "FP32", [-1, 1])],
        CreatedAt = Then,
        CreatedBy = "ada",
        Lineage = new VersionLineage
        {
            Run = RunId,
            Parent = 2,
            CodeCommit = "c0ffee-dirty",
            Datasets = new Dictionary<string, string> { ["holdout.csv"] = "https://data.example/holdout.csv" },
            Inputs = [new LineageInput("rows", "d1g3st", null, "training")],
            Code = new CodeLineage
            {
                Repository = "https://git.example/credit.git",
                Commit = "c0ffee",
                Branch = "main",
                EntryPoint = "train.py",
                Dirty = true,
                DiffBytes = 12,
                DiffDigest = A,
            },
            Environment = new EnvironmentLineage
            {
                Container = "train@sha256:1",
                Python = "3.11",
                Source = "requirements.txt",
                Packages = [new PackageInfo("scikit_learn", "1.5.0"), new PackageInfo("numpy", null)],
            },
        },
    };

    private static string Golden([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Golden");
}

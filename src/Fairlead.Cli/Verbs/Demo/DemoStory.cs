using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>What one demo serves, what it ships, and how that is told.</summary>
internal sealed record DemoStory
{
    /// <summary>The endpoint and its model; also the sample's folder.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The column of the held-out rows that holds what turned out.</summary>
    public required string LabelColumn { get; init; }

    /// <summary>Columns that are texts; the others are numbers.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>The label whose probability ranks the rows.</summary>
    public required string Positive { get; init; }

    /// <summary>The model that is served first.</summary>
    public required string First { get; init; }

    /// <summary>The model that is shipped and becomes champion.</summary>
    public required string Better { get; init; }

    /// <summary>The model that is shipped with <c>--bad</c> and goes back.</summary>
    public required string Broken { get; init; }

    /// <summary>What a rollback of the broken version must name as its reason.</summary>
    public required IReadOnlyList<string> Because { get; init; }

    /// <summary>The steps and guards by which a version is shipped.</summary>
    public required Func<string, int, RolloutRequest> Plan { get; init; }

    /// <summary>The data that the training names, beside its digest.</summary>
    public required string Dataset { get; init; }

    /// <summary>A row to try.</summary>
    public required string Row { get; init; }

    /// <summary>Real applications for credit.</summary>
    public static DemoStory Credit { get; } = new()
    {
        Endpoint = "credit",
        LabelColumn = "Status",
        Texts = ["Home", "Marital", "Records", "Job"],
        Positive = "good",
        First = "logistic",
        Better = "boosted",
        Broken = "unscaled",
        Because = ["accuracy"],
        Plan = DemoPlan.For,
        Dataset = "credit.csv",
        Row = """
            {"Seniority":9,"Home":"rent","Time":60,"Age":30,"Marital":"married","Records":"no","Job":"freelance",
            """ + """
            "Expenses":73,"Income":129,"Assets":0,"Debt":0,"Amount":800,"Price":846}
            """,
    };

    /// <summary>
    /// Generated posts of three kinds; the broken version is better on the whole, and wrong about sports.
    /// </summary>
    public static DemoStory Moderation { get; } = new()
    {
        Endpoint = "moderation",
        LabelColumn = "Label",
        Texts = ["kind", "text"],
        Positive = "toxic",
        First = "common",
        Better = "by-kind",
        Broken = "misplaced",
        Because = ["false_positive_rate", "sports"],
        Plan = ModerationPlan.For,
        Dataset = "heldout.csv",
        Row = "{\"kind\":\"sports\",\"text\":\"they will destroy the league\"}",
    };
}

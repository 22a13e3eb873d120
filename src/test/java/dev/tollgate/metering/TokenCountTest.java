package dev.tollgate.metering;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the largest count of cl100k, o200k, Claude 2's and DeepSeek's tokenizers, counted once. */
class TokenCountTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "Stream responses are metered while they pass, so that a client which hangs up pays for what it has read and no more.|26",
                "public static void main(String[] args) { System.out.println(\"Hello, world: \" + args.length); }|27",
                "Die Rechnung wird am Ende des Monats erstellt und enthält alle Aufrufe der letzten dreißig Tage.|31",
                "Nous avons décidé d'améliorer la qualité du système après plusieurs réunions.|27",
                "人工智能正在改变我们的生活方式。许多公司开始使用大型语言模型来处理客户的请求。|33",
                "多くの企業が大規模言語モデルを使って顧客の要望に対応し始めています。|39",
                "많은 기업이 대규모 언어 모델을 사용하기 시작했습니다.|28",
                "Многие компании начали использовать большие языковые модели.|28",
                "कई कंपनियाँ बड़े भाषा मॉडल का उपयोग कर रही हैं।|56",
                "1024 38291 77 90210 443 8080 65536 3.14159 2.71828|28",
                "يمكن للمستخدمين الآن إرسال الرسائل إلى النظام والحصول على إجابات سريعة ودقيقة حول جميع المواضيع. تعتمد هذه التقنية على نماذج لغوية كبيرة تم تدريبها على كميات ضخمة من النصوص، وتستخدم في الترجمة والتلخيص والكتابة.|195",
                "كَتَبَ الوَلَدُ الدَّرْسَ فِي المَدْرَسَةِ ثُمَّ ذَهَبَ إِلَى البَيْتِ مَعَ أَصْدِقَائِهِ|116",
                "המשתמשים יכולים כעת לשלוח הודעות למערכת ולקבל תשובות מהירות ומדויקות בכל נושא שהם רוצים.|87",
                "😀😃😄😁😆😅😂🤣🥲☺️😊😇🙂🙃😉😌😍🥰😘😗🧑‍🚀👩‍👩‍👧‍👦🏳️‍🌈🇩🇪🇫🇷👍🏽|98",
                "ผู้ใช้สามารถส่งข้อความไปยังระบบและรับคำตอบที่รวดเร็วและแม่นยำเกี่ยวกับทุกหัวข้อได้แล้ว|158",
                "பயனர்கள் இப்போது கணினிக்கு செய்திகளை அனுப்பலாம் மற்றும் விரைவான பதில்களைப் பெறலாம்.|157",
                "მომხმარებლებს ახლა შეუძლიათ შეტყობინებების გაგზავნა სისტემაში და სწრაფი პასუხების მიღება.|168",
                "ተጠቃሚዎች አሁን መልዕክቶችን ወደ ሥርዓቱ መላክ እና ፈጣን መልሶችን ማግኘት ይችላሉ።|139",
                "Οι χρήστες μπορούν τώρα να στέλνουν μηνύματα στο σύστημα και να λαμβάνουν γρήγορες απαντήσεις.|103",
                "အသုံးပြုသူများသည် ယခု စနစ်သို့ မက်ဆေ့ချ်များ ပေးပို့နိုင်ပြီး အဖြေများ ရရှိနိုင်သည်။|163",
                "∑∫√∞≈≠≤≥∂∇∈∉⊂⊃∪∩∀∃|38",
                "Օգտատերերը այժմ կարող են հաղորդագրություններ ուղարկել համակարգին։|124",
                "Người dùng hiện có thể gửi tin nhắn đến hệ thống và nhận câu trả lời nhanh chóng.|58",
                "អ្នកប្រើអាចផ្ញើសារទៅប្រព័ន្ធ និងទទួលបានចម្លើយរហ័ស។|148",
                "వినియోగదారులు ఇప్పుడు సిస్టమ్‌కు సందేశాలను పంపగలరు.|109",
                "Użytkownicy mogą teraz wysyłać wiadomości do systemu i otrzymywać szybkie odpowiedzi.|41",
                "{\"name\": \"search\", \"arguments\": {\"query\": \"weather in Vienna\", \"limit\": 10}}|23"
            })
    void countsNeverLessThanARealTokenizerYetNear(String text, long tokens) {
        TokenCount count = new TokenCount();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            count.add(b);
        }
        long counted = TokenCount.tokens(count.weight());
        assertTrue(counted >= tokens && counted <= 2.1 * tokens, "counted " + counted);
    }
}
